// SPDX-License-Identifier: Apache-2.0

extension StatusSnapshot {
  /// What `tompion clocks --json` prints.
  package var clocksJSON: JSONValue {
    .object([
      JSONMember("clocks", .array(clocks.map(\.json))),
      JSONMember("events_dropped", JSONValue(hardwareEventsDropped)),
    ])
  }

  /// Reads what `clocksJSON` wrote.
  package init(clocksJSON json: JSONValue) {
    self.init()
    clocks = json.elements("clocks").map { ClockReport(json: $0) }
    hardwareEventsDropped = json.count("events_dropped")
  }

  /// What `tompion clocks` prints: a line for each clock.
  package func clocksText(_ style: TextStyle) -> String {
    guard !clocks.isEmpty else { return "There is no clock.\n" }
    var table = TextTable([
      ("Clock", .left), ("Device", .left), ("Scale", .left), ("State", .left), ("Follows", .left), ("Servo", .left),
      ("Owner", .left), ("Offset", .right), ("Frequency", .right), ("Read", .right), ("Remark", .left),
    ])
    for clock in clocks {
      let colour: TextStyle.Colour? =
        switch clock.state {
        case .locked: .green
        case .watched: nil
        case .starting, .unlocked, .jump, .waiting, .moved: .yellow
        case .refused, .failed: .red
        }
      table.add(
        [
          clock.name, clock.device, clock.timescale, clock.state.rawValue, clock.follows,
          clock.servo.isEmpty ? "-" : clock.servo, clock.owner, Quantity.offset(clock.offset),
          Quantity.frequency(clock.frequency), clock.readingError.map { "±" + Quantity.span($0) } ?? "-", clock.reason,
        ], colour: colour, colouring: 3)
    }
    var out = table.text(style)
    for clock in clocks where clock.lost > 0 {
      out += "\(printable(clock.name)): \(clock.lost) readings lost, as the queue was full\n"
    }
    if hardwareEventsDropped > 0 {
      out +=
        "\(hardwareEventsDropped) \(hardwareEventsDropped == 1 ? "event" : "events") of hardware clocks dropped, as too many came at "
        + "once: `tompion events` lacks them\n"
    }
    return out
  }
}
