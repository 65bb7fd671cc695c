// SPDX-License-Identifier: Apache-2.0

package import ReferenceWire
package import TimeTypes

/// What comes in, made readings.
extension Receiver {
  /// A message of a receiver's line, and when its first byte came.
  package mutating func take(
    _ report: ReceiverReport, _ kind: SentenceSet, at stamp: Stamp, into actions: inout ReceiverActions
  ) {
    note(report, at: stamp.raw)
    guard let time = report.time, !kind.isEmpty, options.sentences.contains(kind) else {
      _ = isFit(at: stamp.raw, &actions)
      return
    }
    guard let moment = date(report, time, at: stamp.raw, &actions) else {
      _ = isFit(at: stamp.raw, &actions)
      return
    }
    var reading = Reading(reference: moment, stamp: stamp, grade: .serial, precision: Self.serialPrecision)
    reading.isLeapSecond = time.isLeapSecond
    take(reading, into: &actions)
  }

  /// A line of gpsd's. `clock`: what turns its stamps (CLOCK_REALTIME, ns) into ours. `arrival`: when the line's first byte came.
  package mutating func take(
    _ report: GPSDReport, at arrival: Stamp, clock: (Int64) -> Stamp?, into actions: inout ReceiverActions
  ) {
    switch report {
    case .other:
      counters.messages &+= 1
      heard(at: arrival.raw)
    case .fix(let fix):
      let hasCycles = lastCycle.map { arrival.raw - $0 < Self.pulseMemory } ?? false
      take(fix, hasCycles ? [] : .frame, at: arrival, into: &actions)
    case .serial(let real, let local):
      note(ReceiverReport(), at: arrival.raw)
      guard let stamp = clock(local) else { return counters.damaged &+= 1 }
      guard let moment = inItsWeek(real, &actions) else { return }
      lastCycle = arrival.raw
      take(Reading(reference: moment, stamp: stamp, grade: .serial, precision: Self.serialPrecision), into: &actions)
    case .pulse(let real, let local, let precision):
      note(ReceiverReport(), at: arrival.raw)
      guard let stamp = clock(local) else { return counters.damaged &+= 1 }
      guard let moment = inItsWeek(real, &actions) else { return }
      take(Reading(reference: moment, stamp: stamp, grade: .pulse, precision: precision), into: &actions)
    }
  }

  /// A segment of shared memory.
  package mutating func take(
    _ segment: SharedMemorySegment, at arrival: Stamp, clock: (Int64) -> Stamp?, into actions: inout ReceiverActions
  ) {
    note(ReceiverReport(), at: arrival.raw)
    guard isAnnounced(segment.leap, at: segment.clock, &actions) else { return }
    guard let stamp = clock(segment.receive) else { return counters.damaged &+= 1 }
    guard let moment = inItsWeek(segment.clock, &actions) else { return }
    // What gpsd writes of serial time it calls good to half a second.
    let isPulse = segment.precision <= -10
    take(
      Reading(
        reference: moment, stamp: stamp, grade: isPulse ? .pulse : .serial,
        precision: isPulse ? segment.precision : Self.serialPrecision), into: &actions)
  }

  /// A datagram of the SOCK protocol.
  package mutating func take(
    _ sample: SocketSample, at arrival: Stamp, clock: (Int64) -> Stamp?, into actions: inout ReceiverActions
  ) {
    note(ReceiverReport(), at: arrival.raw)
    guard isAnnounced(sample.leap, at: sample.local, &actions) else { return }
    let (reference, overflow) = sample.local.addingReportingOverflow(sample.offset)
    guard !overflow, reference >= 0, let stamp = clock(sample.local) else { return counters.damaged &+= 1 }
    var reading = Reading(reference: reference, stamp: stamp, grade: .pulse, precision: -20)
    if sample.isPulse {
      reading.isFraction = true
      reading.reference = numbered(sample, at: stamp)
    } else {
      guard let moment = inItsWeek(reference, &actions) else { return }
      reading.reference = moment
    }
    take(reading, into: &actions)
  }

  /// A message that cannot be read.
  package mutating func takeDamaged(at raw: RawInstant) {
    counters.damaged &+= 1
    lastUnread = raw
  }

  /// Bytes of a serial line that are no message yet: at a wrong speed they never become one.
  package mutating func takeBytes(at raw: RawInstant) { lastUnread = raw }

  // MARK: steps

  private mutating func note(_ report: ReceiverReport, at raw: RawInstant) {
    counters.messages &+= 1
    heard(at: raw)
    fitness.note(report, at: raw)
    if let change = report.leapChange { leapChange = change }
    // GPS is 19 s behind TAI for ever.
    if let leap = report.leapSeconds, leap > 0, leap < 100 { taiOffset = Int16(leap) + 19 }
  }

  /// leap 3: whoever writes has no time himself.
  private mutating func isAnnounced(_ leap: UInt8, at moment: Int64, _ actions: inout ReceiverActions) -> Bool {
    guard leap < 3 else {
      counters.unfit &+= 1
      beUnfit(.unsynchronized, &actions)
      return false
    }
    leapChange = leap == 1 ? 1 : leap == 2 ? -1 : 0
    return true
  }

  /// The whole moment of a message: its own date or, where it has none, the one that fits the last date and the time passed since.
  private mutating func date(
    _ report: ReceiverReport, _ time: CivilTime, at raw: RawInstant, _ actions: inout ReceiverActions
  ) -> Int64? {
    if report.day != nil {
      guard let told = report.nanosecondsSince1970, let moment = inItsWeek(told, &actions) else { return nil }
      dated = (moment, raw)
      return moment
    }
    guard let dated, raw - dated.raw < Self.dateMemory, raw >= dated.raw else { return nil }
    let day: Int64 = 86_400_000_000_000
    let ofDay = time.nanoseconds &+ report.correction
    let about = dated.reference &+ (raw - dated.raw).nanoseconds
    return (about &- ofDay &+ day / 2) / day * day &+ ofDay
  }

  private mutating func inItsWeek(_ told: Int64, _ actions: inout ReceiverActions) -> Int64? {
    guard let (moment, weeks) = WeekRollover.correct(told, pivot: options.pivot) else {
      if counters.lastRefusal != .date || isBelieved { actions.add(.refused(.date, by: .zero)) }
      counters.refuse(.date)
      // Messages without a date had it of those with one.
      dated = nil
      serial.interrupt()
      pulses.interrupt()
      return nil
    }
    if weeks != self.weeks {
      self.weeks = weeks
      if weeks != 0 { actions.add(.rollover(weeks: weeks)) }
    }
    return moment
  }

  /// A pulse whose second is not told has the one that was foretold, else the one of this host's clock.
  private func numbered(_ sample: SocketSample, at stamp: Stamp) -> Int64 {
    let second: Int64 = 1_000_000_000
    let told = sample.local &+ sample.offset % second
    let near = pulses.expected(at: stamp.raw) ?? stamp.time.nanoseconds
    let apart = near &- told
    let whole = (apart >= 0 ? apart &+ second / 2 : apart &- second / 2) / second
    return told &+ whole &* second
  }
}
