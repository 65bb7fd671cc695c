// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// What switching a card's time stamps on asks of the kernel; tests put a fake one in its place. Each call gives 0 or -errno.
package struct StampingCalls: Sendable {
  /// ETHTOOL_GET_TS_INFO.
  package var describe: @Sendable (_ interface: String, inout clinux_stamping_abilities_t) -> Int32
  /// SIOCGHWTSTAMP.
  package var get: @Sendable (_ interface: String, inout clinux_stamping_t) -> Int32
  /// SIOCSHWTSTAMP.
  package var set: @Sendable (_ interface: String, inout clinux_stamping_t) -> Int32
  /// Mbit/s, 0 = not known.
  package var linkSpeed: @Sendable (_ interface: String) -> Int32
  /// Every interface of the host.
  package var interfaces: @Sendable () -> [(name: String, index: UInt32)]

  package init(
    describe: @escaping @Sendable (String, inout clinux_stamping_abilities_t) -> Int32,
    get: @escaping @Sendable (String, inout clinux_stamping_t) -> Int32,
    set: @escaping @Sendable (String, inout clinux_stamping_t) -> Int32,
    linkSpeed: @escaping @Sendable (String) -> Int32,
    interfaces: @escaping @Sendable () -> [(name: String, index: UInt32)]
  ) {
    self.describe = describe
    self.get = get
    self.set = set
    self.linkSpeed = linkSpeed
    self.interfaces = interfaces
  }

  /// The host's own cards. The addresses are of the callers' structs and strings, for the calls.
  package static let kernel = StampingCalls(
    describe: { name, abilities in
      unsafe name.withCString { unsafe clinux_stamping_describe($0, &abilities) }
    },
    get: { name, stamping in unsafe name.withCString { unsafe clinux_stamping_get($0, &stamping) } },
    set: { name, stamping in unsafe name.withCString { unsafe clinux_stamping_set($0, &stamping) } },
    linkSpeed: { name in unsafe name.withCString { unsafe clinux_link_speed($0) } },
    interfaces: NetworkInterfaces.names)
}
