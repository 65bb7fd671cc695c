// SPDX-License-Identifier: Apache-2.0

import BenchSubjects

/// Reading a PTP hardware clock beside the raw counter.
struct HardwareClockRead: Entry {
  var names: [String] { ["clock.phc.p50", "clock.phc.p99", "clock.phc.error"] }
  var summary: String {
    "how long a reading of a PTP hardware clock beside the raw counter takes, and how far it may be wrong"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    guard let path = ClockSubject.hardwareClocks.first else {
      throw Skip(reason: "there is no /dev/ptp: no card of this machine has a hardware clock")
    }
    let found: (delays: [Int64], errors: [Int64], method: String)
    do { found = try ClockSubject.readHardware(path, context.count(5_000)) } catch {
      throw Skip(reason: "\(path): \(error)")
    }
    var delays = Distribution()
    for delay in found.delays { delays.record(delay) }
    var errors = Distribution()
    for error in found.errors { errors.record(error) }
    let note = "\(path) by \(found.method)"
    return [
      Outcome(
        name: "clock.phc.p50", value: delays.quantile(50) / 1e3, unit: "us", distribution: delays, note: note),
      Outcome(name: "clock.phc.p99", value: delays.quantile(99) / 1e3, unit: "us"),
      Outcome(name: "clock.phc.error", value: errors.quantile(50), unit: "ns"),
    ]
  }
}
