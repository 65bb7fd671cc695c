// SPDX-License-Identifier: Apache-2.0

/// A provider that proves packets for others: it offers one scheme of authenticator/1 (`ProviderKind`'s `scheme`), and the host hands the
/// packets of NTP clients and servers of the same process on to it.
///
/// Associations are opened and closed on the owner's thread, which `Host.authenticator` may be used on, too. `protect`, `unprotect` and
/// `growth` come on that thread, and with `ProviderKind.Capabilities.manyWorkers` on several at once, beside whatever else is under way in
/// the provider; closing an association waits until nobody is in a call for it.
open class Authenticator: Provider {
  /// A caller opens an association of that number. `Status.ok`: it may be used at once; `.again`: `Host.authenticator.ready` will
  /// tell; else it is refused. `key`: what the operator wrote, "" = the default. [control or capture & inited]
  open func openAssociation(_ association: UInt32, _ use: AuthenticationAccess.Use, key: String) -> Status {
    .unsupported
  }
  /// The caller is gone, or has closed it: its keys are wiped, what is pending is forgotten. [control or capture & inited]
  open func closeAssociation(_ association: UInt32) {}
  /// How many bytes `protect` adds at most; 0 = not known yet. [any thread & started]
  open func growth(_ association: UInt32) -> Int { 0 }

  /// Adds what proves the packet in the first `packet.length` of `bytes`, which is the caller's memory as far as it may be used
  /// (`packet.limit` and more), and gives its verdict by one of `Protection`'s verbs. Nothing may be allocated or waited for.
  /// [capture & started]
  open func protect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {}
  /// Checks and strips it: accepted with the length of the plain packet. [capture & started]
  open func unprotect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {}

  /// The same of packets that a caller had at once, each with a verdict of its own. Whoever has something to look up for all of them overrides
  /// these two instead. [capture & started]
  open func protect(_ association: UInt32, _ packets: inout ProtectionBatch) {
    packets.decideEach { protect(association, &$0, &$1) }
  }
  open func unprotect(_ association: UInt32, _ packets: inout ProtectionBatch) {
    packets.decideEach { unprotect(association, &$0, &$1) }
  }

  final override var authenticator: Authenticator? { self }
}
