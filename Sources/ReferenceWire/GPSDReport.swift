// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// A line of gpsd's JSON protocol that says something of the time (gpsd_json(5)): TPV, PPS and TOFF.
package enum GPSDReport: Hashable, Sendable, BitwiseCopyable {
  /// A fix. `accuracy`: "ept", ns.
  case fix(ReceiverReport)
  /// A pulse, and what this host's clock showed then; ns since 1970.
  case pulse(real: Int64, clock: Int64, precision: Int8)
  /// The end of a cycle of serial time, in the same words.
  case serial(real: Int64, clock: Int64)
  /// Of another class (VERSION, DEVICES, WATCH, SKY …).
  case other

  /// More is not read: gpsd's own limit is 10240.
  package static let longest = 10_240

  package enum Fault: Error, Hashable, Sendable {
    /// No JSON object of one line.
    case form
    /// A class that is read here, without what it has to say, or with what no clock shows.
    case value
  }

  private enum Class { case tpv, pps, toff, other }

  package init(_ line: Span<UInt8>) throws(Fault) {
    guard line.count <= Self.longest else { throw .form }
    var fields = JSONFields(line)
    var found = Class.other
    var report = ReceiverReport()
    var mode = 0
    var parts: InlineArray<4, Int64> = [-1, -1, -1, -1]
    var precision: Int64 = -20_000_000_000
    var hasTime = false
    while let (name, value) = fields.next(line) {
      switch value {
      case .string(let text):
        if fields.isText(line, name, "class") {
          found =
            fields.isText(line, text, "TPV")
            ? .tpv : fields.isText(line, text, "PPS") ? .pps : fields.isText(line, text, "TOFF") ? .toff : .other
        } else if fields.isText(line, name, "time") {
          hasTime = report.readTime(line, text)
        }
      case .literal(let text):
        if fields.isText(line, name, "mode") {
          mode = Decimal.digits(line, text, limit: 2) ?? 0
        } else if fields.isText(line, name, "ept") {
          report.accuracy = Decimal.billionths(line, text).flatMap { UInt64(exactly: $0) }
        } else if fields.isText(line, name, "leapseconds") {
          report.leapSeconds = Decimal.digits(line, text, limit: 3).flatMap { Int8(exactly: $0) }
        } else if fields.isText(line, name, "real_sec") {
          parts[0] = Int64(Decimal.digits(line, text, limit: 10) ?? -1)
        } else if fields.isText(line, name, "real_nsec") {
          parts[1] = Int64(Decimal.digits(line, text) ?? -1)
        } else if fields.isText(line, name, "clock_sec") {
          parts[2] = Int64(Decimal.digits(line, text, limit: 10) ?? -1)
        } else if fields.isText(line, name, "clock_nsec") {
          parts[3] = Int64(Decimal.digits(line, text) ?? -1)
        } else if fields.isText(line, name, "precision") {
          precision = Decimal.billionths(line, text) ?? 0
        }
      case .nested: break
      }
    }
    guard !fields.isBroken else { throw .form }
    switch found {
    case .other: self = .other
    case .tpv:
      report.isValid = hasTime && mode >= 2
      report.fix = mode >= 3 ? .full : mode == 2 ? .flat : ReceiverReport.Fix.none
      self = .fix(report)
    case .pps, .toff:
      // Ten digits of seconds are more than nanoseconds have room for.
      guard (0..<4).allSatisfy({ parts[$0] >= 0 }), max(parts[0], parts[2]) <= 9_000_000_000 else { throw .value }
      let (real, clock) = (parts[0] * 1_000_000_000 + parts[1], parts[2] * 1_000_000_000 + parts[3])
      guard found == .pps else {
        self = .serial(real: real, clock: clock)
        return
      }
      self = .pulse(
        real: real, clock: clock, precision: Int8(max(-63, min(0, precision / 1_000_000_000))))
    }
  }
}

extension ReceiverReport {
  /// "2026-11-21T18:00:00.000Z".
  fileprivate mutating func readTime(_ line: Span<UInt8>, _ text: Range<Int>) -> Bool {
    let at = text.lowerBound
    func digits(_ offset: Int, _ length: Int) -> Int? { Decimal.digits(line, at + offset..<at + offset + length) }
    guard text.count >= 20, text.count <= 32, line[at + 4] == UInt8(ascii: "-"), line[at + 7] == UInt8(ascii: "-"),
      line[at + 10] == UInt8(ascii: "T"), line[at + 13] == UInt8(ascii: ":"), line[at + 16] == UInt8(ascii: ":"),
      line[text.upperBound - 1] == UInt8(ascii: "Z"), let year = digits(0, 4), let month = digits(5, 2),
      let day = digits(8, 2), let hour = digits(11, 2), let minute = digits(14, 2), let second = digits(17, 2)
    else { return false }
    var nanosecond = 0
    if text.count > 20 {
      guard line[at + 19] == UInt8(ascii: "."),
        let fraction = Decimal.billionths(line, at + 19..<text.upperBound - 1), fraction < 1_000_000_000
      else { return false }
      nanosecond = Int(fraction)
    }
    self.day = CivilDay.ofReceiver(year: year, month: month, day: day)
    time = CivilTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond)
    return self.day != nil && time != nil
  }
}
