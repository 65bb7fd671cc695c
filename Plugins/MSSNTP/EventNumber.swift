// SPDX-License-Identifier: Apache-2.0

/// The numbers that this provider raises (Docs/events.md); those below 500 are those of the Windows Time service. That a reply's
/// signature is missing or wrong (25 to 27) the NTP client tells, by the reason that it gets.
package enum EventNumber {
  /// The server could not sign a reply for a client, or for a symmetric peer.
  package static let signingFailed: UInt32 = 22
  package static let peerSigningFailed: UInt32 = 23
  /// A request in the 68-byte form was refused by policy.
  package static let legacyRequestRefused: UInt32 = 157
  /// A client asks for more accounts than it may.
  package static let accountSweep: UInt32 = 591
}
