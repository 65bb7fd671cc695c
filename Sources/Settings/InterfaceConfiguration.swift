// SPDX-License-Identifier: Apache-2.0

/// A table `[[interface]]`: how packets of a network interface are stamped (Docs/timestamps.md) and waited for (Docs/loops.md).
package struct InterfaceConfiguration: Sendable, Equatable {
  package enum HardwareStamps: String, Sendable, CaseIterable {
    /// The card's stamps where it has them and they can be switched on; else the kernel's, and a warning.
    case auto
    /// The daemon does not start without them.
    case required
    /// The kernel's stamps.
    case off
  }

  /// Which received packets the card stamps (HWTSTAMP_FILTER_*).
  package enum ReceiveFilter: String, Sendable, CaseIterable {
    /// All where the card can, else NTP, else none.
    case auto
    case all
    case ntp
    /// PTP only: for a host whose card serves a PTP daemon; NTP is then stamped by the kernel.
    case ptp
    case none
  }

  /// "eth0", or "*" for every interface that no other table names.
  package var name = ""
  package var hardwareStamps = HardwareStamps.auto
  package var receiveFilter = ReceiveFilter.auto
  /// How much earlier than its stamp a packet was on the wire, ns: subtracted from the card's receive stamps.
  package var receiveLatency: Int32 = 0
  /// How much later than its stamp a packet was on the wire, ns: added to the card's transmit stamps.
  package var transmitLatency: Int32 = 0
  /// Spin so long before each sleep while a socket of this interface is open, and ask its card's queue, µs; nil = as `busy_poll_us` at
  /// the top says.
  package var busyPoll: UInt32?
  /// Where the table begins; 0 = nowhere.
  package var line: UInt32 = 0
  package var column: UInt32 = 0

  package init(name: String = "") { self.name = name }
}

extension Configuration {
  /// More than that is no host's.
  package static let interfaceLimit = 16

  /// Reads the `[[interface]]` tables.
  mutating func readInterfaces(_ root: inout TableReader) {
    guard let member = root.member("interface") else { return }
    guard case .array(let elements) = member.node.content else {
      return root.refuse(member, "it is \(member.node.kindName)", "write a table for each interface: [[interface]]")
    }
    for (index, element) in elements.enumerated() {
      guard case .table(let members) = element.content else {
        root.refuse(
          element, key: "interface[\(index)]", "it is \(element.kindName)",
          "write a table for each interface: [[interface]]")
        continue
      }
      var reader = TableReader(file: file, prefix: "interface[\(index)].", members: members)
      var interface = InterfaceConfiguration()
      interface.line = element.place.line
      interface.column = element.place.column
      if let name = reader.text("name", limit: InterfaceName.limit, what: "an interface's name") {
        interface.name = name
        if let problem = InterfaceName.problem(name), let member = members.first(where: { $0.key == "name" }) {
          reader.refuse(member, problem, "write the interface's name as `ip link` shows it, or \"*\" for all")
        }
        if interfaces.contains(where: { $0.name == name }), let member = members.first(where: { $0.key == "name" }) {
          reader.refuse(member, "another [[interface]] has that name", "write each interface once")
        }
      } else if !members.contains(where: { $0.key == "name" }) {
        reader.refuseMissing("name", at: element.place, "write the interface's name: name = \"eth0\", or \"*\" for all")
      }
      reader.choice("hardware_timestamps", into: &interface.hardwareStamps)
      reader.choice("rx_filter", into: &interface.receiveFilter)
      reader.integer("rx_latency_ns", in: -1_000_000...1_000_000, into: &interface.receiveLatency)
      reader.integer("tx_latency_ns", in: -1_000_000...1_000_000, into: &interface.transmitLatency)
      reader.integer("busy_poll_us", in: 0...1_000_000, into: &interface.busyPoll)
      reader.refuseUnknown()
      root.absorb(reader)
      interfaces.append(interface)
      if index == Self.interfaceLimit {
        root.refuse(element, key: "interface[\(index)]", "there are too many", "at most \(Self.interfaceLimit)")
      }
    }
  }
}
