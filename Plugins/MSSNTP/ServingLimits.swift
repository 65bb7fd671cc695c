// SPDX-License-Identifier: Apache-2.0

/// How much one client may learn, against timeroasting: each signed reply lets whoever asked for it guess one account's password at home.
package struct ServingLimits: Hashable, Sendable {
  /// Signed replies a second for one client (an IPv4 address or an IPv6 /64) in the long run.
  package var clientRate = 2.0
  /// So many of them at once, after a pause.
  package var clientBurst: Int64 = 32
  /// Signed replies a second for one RID, whoever asks.
  package var ridRate = 0.5
  package var ridBurst: Int64 = 16
  /// RIDs that one client may ask for in an hour; beyond that others are refused, and the event says who sweeps.
  package var distinctRIDs = 32
  /// Clients and RIDs that are remembered.
  package var clients = 4096

  package static let rates = 0.001...100_000.0
  package static let bursts: ClosedRange<Int64> = 1...10_000
  package static let distinct: ClosedRange<Int64> = 1...256
  package static let tables = 64...16_384

  package init() {}
}
