// SPDX-License-Identifier: Apache-2.0

/// What a provider says it is, as plain values.
package struct ProviderDescriptor: Sendable, Equatable {
  /// TOMPION_CAPABILITY_*.
  package var capabilities: UInt32
  /// Reverse-URI: "org.tompion.ntp-client".
  package var id: String
  /// For people, and the name in the configuration: "ntp-client".
  package var name: String
  package var vendor: String
  package var version: String
  package var summary: String
}
