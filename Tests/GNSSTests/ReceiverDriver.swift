// SPDX-License-Identifier: Apache-2.0

import Glibc
import ReferenceWire
import TimeTypes

@testable import GNSS

/// A receiver on a host whose clock is right: the test says what comes when.
struct ReceiverDriver {
  static let second: Int64 = 1_000_000_000
  /// 2026-11-21 18:00:00.
  static let today: Int64 = 1_795_284_000 * second

  var receiver: Receiver
  /// UTC minus the raw counter.
  let start: Int64
  var view = Receiver.ClockView()
  private(set) var samples: [ReceiverSample] = []
  private(set) var news: [ReceiverAction] = []
  /// The clock's own error, ns: what it shows minus UTC.
  var clockError: Int64 = 0

  init(_ options: ReceiverOptions = ReceiverOptions(), start: Int64 = Self.today) {
    receiver = Receiver(options)
    self.start = start
  }

  func stamp(_ utc: Int64) -> Stamp {
    Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: 0), time: TimeInterval(nanoseconds: utc + clockError),
      raw: RawInstant(nanoseconds: utc - start + 1_000_000_000))
  }

  // MARK: what comes

  /// A sentence, without "$" and checksum, whose first byte comes at `utc`.
  mutating func sentence(_ body: String, at utc: Int64) {
    let sum = body.utf8.reduce(0) { $0 ^ $1 }
    line(Array("$\(body)*\(hexadecimal(sum))\r\n".utf8), at: utc)
  }

  mutating func line(_ bytes: [UInt8], at utc: Int64) {
    var line = SerialLine(.both)
    for byte in bytes {
      guard let message = line.take(byte, at: stamp(utc)), let first = line.first else { continue }
      var actions = ReceiverActions()
      switch message {
      case .report(let report, let kind): receiver.take(report, kind, at: first, into: &actions)
      case .other: receiver.take(ReceiverReport(), [], at: first, into: &actions)
      case .damaged: receiver.takeDamaged(at: stamp(utc).raw)
      }
      collect(actions)
    }
  }

  /// A pulse of the SOCK kind: the reference is `ahead` of the host's clock.
  mutating func pulse(at utc: Int64, ahead: Int64, leap: UInt8 = 0, isFraction: Bool = false) {
    var actions = ReceiverActions()
    let sample = SocketSample(local: utc + clockError, offset: ahead, isPulse: isFraction, leap: leap)
    let here = stamp(utc)
    receiver.take(sample, at: here, clock: { _ in here }, into: &actions)
    collect(actions)
  }

  mutating func segment(at utc: Int64, clock: Int64, precision: Int8 = -20, leap: UInt8 = 0) {
    var actions = ReceiverActions()
    let here = stamp(utc)
    receiver.take(
      SharedMemorySegment(clock: clock, receive: utc + clockError, leap: leap, precision: precision), at: here,
      clock: { _ in here }, into: &actions)
    collect(actions)
  }

  mutating func gpsd(_ text: String, at utc: Int64) throws {
    var actions = ReceiverActions()
    let driver = self
    receiver.take(
      try GPSDReport(Array(text.utf8).span), at: stamp(utc), clock: { driver.stamp($0 - driver.clockError) },
      into: &actions)
    collect(actions)
  }

  /// A good receiver's second: RMC, GGA and ZDA of the moment `told`, the first byte `late` after `utc`.
  mutating func burst(_ told: Int64, at utc: Int64, late: Int64 = 0, valid: Bool = true) {
    sentence(Self.rmc(told, valid: valid), at: utc + late)
    sentence(Self.gga(told, valid: valid), at: utc + late + 40_000_000)
    sentence(Self.zda(told), at: utc + late + 80_000_000)
    tick(at: utc + 900_000_000)
  }

  /// Something that is no message.
  mutating func damaged(at utc: Int64) { receiver.takeDamaged(at: stamp(utc).raw) }

  mutating func tick(at utc: Int64) {
    var actions = ReceiverActions()
    receiver.tick(now: stamp(utc).raw, view, into: &actions)
    collect(actions)
  }

  /// Seconds from `from` on, each told as `told` says.
  mutating func run(_ seconds: Range<Int64>, late: Int64 = 0, told: (Int64) -> Int64 = { $0 }) {
    for count in seconds {
      let utc = start + count * Self.second
      burst(told(utc), at: utc, late: late)
    }
  }

  private mutating func collect(_ actions: ReceiverActions) {
    for index in 0..<actions.count {
      if case .publish(let sample) = actions[index] { samples.append(sample) } else { news.append(actions[index]) }
    }
  }

  mutating func forget() {
    samples = []
    news = []
  }

  /// Reference minus UTC of each sample, ns.
  var errors: [Int64] {
    samples.map { ($0.reference - $0.stamp.time).nanoseconds + clockError }
  }

  // MARK: sentences

  static func rmc(_ moment: Int64, valid: Bool = true) -> String {
    let (date, time) = civil(moment)
    return
      "GPRMC,\(digits(time.0, 2))\(digits(time.1, 2))\(digits(time.2, 2)).00,\(valid ? "A" : "V"),4807.0380,N,01131.0000,E,0.02,84.4,"
      + "\(digits(date.2, 2))\(digits(date.1, 2))\(digits(date.0 % 100, 2)),,,\(valid ? "A" : "N")"
  }

  static func gga(_ moment: Int64, valid: Bool = true) -> String {
    let (_, time) = civil(moment)
    return
      "GPGGA,\(digits(time.0, 2))\(digits(time.1, 2))\(digits(time.2, 2)).00,4807.0380,N,01131.0000,E,\(valid ? 1 : 0),08,0.9,545.4,M,46.9,M,,"
  }

  static func zda(_ moment: Int64) -> String {
    let (date, time) = civil(moment)
    return
      "GPZDA,\(digits(time.0, 2))\(digits(time.1, 2))\(digits(time.2, 2)).00,\(digits(date.2, 2)),\(digits(date.1, 2)),\(date.0),00,00"
  }

  static func civil(_ moment: Int64) -> ((Int, Int, Int), (Int, Int, Int)) {
    var seconds = time_t(moment / second)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return (
      (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)),
      (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
    )
  }

  static func moment(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0)
    -> Int64
  {
    let days = CivilDay(year: year, month: month, day: day)?.daysSince1970 ?? 0
    return (days * 86_400 + Int64(hour * 3600 + minute * 60 + second)) * Self.second
  }

  static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    let digits = Array("0123456789ABCDEF")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }
}
