// SPDX-License-Identifier: Apache-2.0

package import Discipline

/// One `[[hardware_clock]]`: a PTP hardware clock or an auxiliary clock, and what it follows.
package struct HardwareClockConfiguration: Sendable, Equatable {
  package enum Timescale: String, Sendable, CaseIterable { case tai, utc }

  package enum Follows: String, Sendable, CaseIterable {
    /// It is only read: shown, and perhaps followed by the system clock.
    case none
    /// It is steered to the system clock.
    case system
  }

  package enum Device: Sendable, Hashable {
    /// "/dev/ptp0".
    case path(String)
    /// The PHC of a network interface: "eth0".
    case interface(String)
    /// CLOCK_AUX0 to CLOCK_AUX7: "aux0".
    case auxiliary(Int32)

    init(_ text: String) {
      if text.hasPrefix("/") {
        self = .path(text)
      } else if text.utf8.count == 4, text.hasPrefix("aux"), let number = Int32(text.dropFirst(3)), number < 8 {
        self = .auxiliary(number)
      } else {
        self = .interface(text)
      }
    }
  }

  /// As it was written.
  package var device = ""
  /// What people call it; the device where nothing is written.
  package var name = ""
  package var timescale = Timescale.tai
  package var follows = Follows.none
  /// False: what it would be steered by is worked out and shown, nothing is applied.
  package var steer = true
  package var servo = ServoConfiguration.engine
  package var pi = PISettings()
  /// log2 seconds between readings.
  package var poll: Int8 = 0
  /// It waits until the system clock is synchronized.
  package var onlySynchronized = true
  package var line: UInt32 = 0
  package var column: UInt32 = 0

  package var kind: Device { Device(device) }

  package init() {}

  init(reading reader: inout TableReader) {
    self.init()
    if let text = reader.text("device", limit: 255, what: Self.devices) {
      device = text
      if let problem = Self.problem(device: text), let member = reader.members.first(where: { $0.key == "device" }) {
        reader.refuse(member, problem, "write \(Self.devices)")
      }
    }
    name = reader.text("name", limit: 64, what: "a name") ?? device
    if ["system", "sources"].contains(name),
      let member = reader.members.first(where: { $0.key == "name" })
        ?? reader.members.first(where: { $0.key == "device" })
    {
      reader.refuse(
        member, "\"\(name)\" means the system clock's own \(name == "system" ? "entry" : "sources")",
        "write another name: name = \"nic\"")
    }
    reader.choice("timescale", into: &timescale)
    reader.choice("follows", into: &follows)
    reader.boolean("steer", into: &steer)
    // What it follows may itself be on its way, at hundreds of ppm: an estimate of an oscillator takes that for the oscillator's.
    if follows == .system { servo = .pi }
    reader.choice("servo", into: &servo)
    pi.readLimits(&reader)
    if let member = reader.table("pi"), case .table(let members) = member.node.content {
      var inner = TableReader(file: reader.file, prefix: reader.prefix + "pi.", members: members)
      pi.readGains(&inner)
      inner.refuseUnknown()
      reader.absorb(inner)
    }
    reader.integer("poll", in: -4...6, into: &poll)
    reader.boolean("only_synchronized", into: &onlySynchronized)
  }
}

extension HardwareClockConfiguration {
  private static let devices = "a device (/dev/ptp0), a network interface (eth0) or an auxiliary clock (aux0 to aux7)"

  /// Why there can be no such device on any host; nil = there may be.
  private static func problem(device: String) -> String? {
    switch Device(device) {
    case .auxiliary: nil
    case .path(let path):
      path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..") ? "that is a directory, no device" : nil
    case .interface(let name):
      // An interface may be called so, but nobody who writes it means one.
      name.hasPrefix("aux") && name.utf8.count > 3 && name.utf8.dropFirst(3).allSatisfy { (0x30...0x39).contains($0) }
        ? "Linux has the auxiliary clocks aux0 to aux7" : InterfaceName.problem(name)
    }
  }
}

extension Configuration {
  /// More than that is no host's.
  package static let hardwareClockLimit = 32

  /// Reads `[[hardware_clock]]`; what is wrong between entries comes from `hardwareClockErrors`.
  mutating func readHardwareClocks(_ root: inout TableReader) {
    guard let member = root.member("hardware_clock") else { return }
    let advice = "write a table for each clock: [[hardware_clock]]"
    guard case .array(let elements) = member.node.content else {
      return root.refuse(member, "it is \(member.node.kindName)", advice)
    }
    for (index, element) in elements.enumerated() {
      if index == Self.hardwareClockLimit {
        return root.refuse(
          element, key: "hardware_clock[\(index)]", "there are \(elements.count) of them",
          "at most \(Self.hardwareClockLimit) clocks; leave the others out")
      }
      guard case .table(let members) = element.content else {
        root.refuse(element, key: "hardware_clock[\(index)]", "it is \(element.kindName)", advice)
        continue
      }
      var reader = TableReader(file: file, prefix: "hardware_clock[\(index)].", members: members)
      var clock = HardwareClockConfiguration(reading: &reader)
      clock.line = element.place.line
      clock.column = element.place.column
      reader.refuseUnknown()
      if !members.contains(where: { $0.key == "device" }) {
        reader.refuseMissing("device", at: element.place, "write device = \"/dev/ptp0\"")
      }
      hardwareClocks.append(clock)
      root.absorb(reader)
    }
  }

  /// The hardware clock that the system clock follows.
  package var followed: HardwareClockConfiguration? {
    clock.follows.flatMap { wanted in hardwareClocks.first { $0.name == wanted || $0.device == wanted } }
  }

  /// One owner and one reference for each clock.
  func hardwareClockErrors(_ followsMember: TOMLMember?) -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    for (index, clock) in hardwareClocks.enumerated() {
      let place = { (key: String, value: String, problem: String, advice: String) in
        wrong.append(
          Diagnostic(
            file: self.file, line: clock.line, column: clock.column, key: "hardware_clock[\(index)].\(key)",
            value: value, problem: problem, advice: advice))
      }
      if let other = hardwareClocks.prefix(index).first(where: { $0.device == clock.device }) {
        place(
          "device", quoted(clock.device), "it is the clock of line \(other.line), and a clock has one entry",
          "remove one of the two")
      } else if let other = hardwareClocks.prefix(index).first(where: { $0.name == clock.name }) {
        place(
          "name", quoted(clock.name), "the clock of line \(other.line) has the same name", "write another name")
      }
      if clock.follows == .system, self.clock.kind == .virtual {
        place(
          "follows", "\"system\"", "the clock of this daemon is a virtual one, which nobody else should follow",
          "write follows = \"none\", or clock.kind = \"system\"")
      }
    }
    if profile == .minimal, let clock = hardwareClocks.first {
      wrong.append(
        Diagnostic(
          file: file, line: clock.line, column: clock.column, key: "hardware_clock[0]",
          problem: "profile \"minimal\" opens no device", advice: "leave it out, or write profile = \"full\""))
    }
    guard let member = followsMember, let wanted = clock.follows else { return wrong }
    let complain = { (problem: String, advice: String) in
      wrong.append(
        Diagnostic(
          file: self.file, line: member.node.place.line, column: member.node.place.column, key: "clock.follows",
          value: member.node.written, problem: problem, advice: advice))
    }
    guard let followed else {
      let names = hardwareClocks.flatMap { [$0.name, $0.device] }
      complain(
        "there is no [[hardware_clock]] of that name or device",
        "add one with device = \(quoted(wanted))" + TableReader.hint(wanted, among: names))
      return wrong
    }
    if case .auxiliary = followed.kind {
      complain("an auxiliary clock is no reference: it runs on this host's own counter", "follow a PTP hardware clock")
    }
    if followed.follows == .system {
      complain(
        "that clock follows the system clock itself, and two clocks cannot follow each other",
        "write follows = \"none\" for \(quoted(followed.name)), or leave clock.follows out")
    }
    let sources = providers.reduce(0) { $0 + $1.sourcePlaces.count }
    if sources > 0 {
      complain(
        "there \(sources == 1 ? "is a [[source]]" : "are \(sources) [[source]] tables"), too, and a clock has one reference",
        "remove the sources, or leave clock.follows out")
    }
    return wrong
  }
}
