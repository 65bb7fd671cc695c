// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What `tompion status` says of an interface whose card stamps packets.
package struct StampReport: Sendable, Equatable {
  package var interface: String
  /// The card's clock: "/dev/ptp0", and how it is read.
  package var device = ""
  package var method = ""
  /// "starting", "running", "uncertain", "stopped" or "wild".
  package var state = ""
  /// Of the card's clock against the raw counter.
  package var rate: Frequency?
  /// How far a converted stamp may be off, one-sided; nil = nothing is converted.
  package var error: TimeInterval?
  /// Packets that came and left with a stamp of the card.
  package var received: UInt64 = 0
  package var transmitted: UInt64 = 0
  /// Packets whose card's stamp was late, missing or unusable, so that the kernel's was used.
  package var missed: UInt64 = 0
  package var unusable: UInt64 = 0
  package var outliers: UInt64 = 0
  package var jumps: UInt64 = 0

  package init(interface: String) { self.interface = interface }
}

extension StampReport {
  package var json: JSONValue {
    .object([
      JSONMember("interface", .string(interface)), JSONMember("device", .string(device)),
      JSONMember("method", .string(method)), JSONMember("state", .string(state)),
      JSONMember("rate_ppb", JSONValue(partsPerBillion: rate)), JSONMember("error_ns", JSONValue(nanoseconds: error)),
      JSONMember("received", JSONValue(received)), JSONMember("transmitted", JSONValue(transmitted)),
      JSONMember("missed", JSONValue(missed)), JSONMember("unusable", JSONValue(unusable)),
      JSONMember("outliers", JSONValue(outliers)), JSONMember("jumps", JSONValue(jumps)),
    ])
  }

  /// Reads what `json` wrote; what is absent keeps its default.
  package init(json: JSONValue) {
    self.init(interface: json.text("interface") ?? "")
    device = json.text("device") ?? ""
    method = json.text("method") ?? ""
    state = json.text("state") ?? ""
    rate = json.frequency("rate_ppb")
    error = json.interval("error_ns")
    received = json.count("received")
    transmitted = json.count("transmitted")
    missed = json.count("missed")
    unusable = json.count("unusable")
    outliers = json.count("outliers")
    jumps = json.count("jumps")
  }

  /// What follows the interface's name in `tompion status`.
  package var text: String {
    let clock = state == "running" ? "\(Quantity.frequency(rate)), within \(Quantity.span(error))" : state
    let fallen = missed + unusable
    let rest = fallen == 0 ? "" : ", \(fallen) by the kernel instead"
    return "\(device) (\(clock)): \(received) received, \(transmitted) sent\(rest)"
  }
}
