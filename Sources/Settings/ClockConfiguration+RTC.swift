// SPDX-License-Identifier: Apache-2.0

extension ClockConfiguration {
  /// The table `[clock.rtc]`: whether, and which, battery-backed clock is set when the daemon ends.
  mutating func readRTC(_ reader: inout TableReader) {
    guard let member = reader.table("rtc"), case .table(let members) = member.node.content else { return }
    var inner = TableReader(file: reader.file, prefix: "clock.rtc.", members: members)
    var trim = false
    inner.boolean("trim", into: &trim)
    let device = inner.path("device") ?? "/dev/rtc0"
    if let written = members.first(where: { $0.key == "device" }), !DevicePath.plain(device).hasPrefix("/dev/") {
      inner.refuse(written, "no device is there", "write the clock's device: \"/dev/rtc0\"")
    }
    inner.refuseUnknown()
    if trim, let written = members.first(where: { $0.key == "trim" }) {
      if kind == .virtual {
        inner.refuse(
          written, "the clock is a virtual one, whose time is nobody else's", "leave it out, or write kind = \"system\""
        )
      } else if !steer {
        inner.refuse(
          written, "the clock is only watched (clock.steer = false), and no other clock is set by it",
          "leave it out, or write steer = true")
      }
      trimmedClock = device
    }
    reader.absorb(inner)
  }
}
