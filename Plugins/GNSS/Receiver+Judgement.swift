// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What is made of a reading.
extension Receiver {
  /// More readings in a second than a pulse may bring are not looked at.
  static let closest = TimeInterval.milliseconds(60)
  /// How wrong a message is called, ns, while nobody knows how late it was.
  static let nothingKnown: UInt64 = 500_000_000

  mutating func isFit(at raw: RawInstant, _ actions: inout ReceiverActions) -> Bool {
    if let reason = fitness.unfitness(at: raw, minimumFix: options.minimumFix) {
      beUnfit(reason, &actions)
      return false
    }
    unfitness = nil
    return true
  }

  mutating func take(_ reading: Reading, into actions: inout ReceiverActions) {
    let raw = reading.stamp.raw
    guard isFit(at: raw, &actions) else { return counters.unfit &+= 1 }
    if reading.grade == .serial, let lastPulse, raw - lastPulse < Self.pulseMemory { return }
    if isRepeated(reading) { return }
    let verdict = reading.grade == .serial ? serial.judge(reading) : pulses.judge(reading)
    switch verdict {
    case .passed: return
    case .settling: counters.settling &+= 1
    case .refused(let reason, let distance, let isNews):
      counters.refuse(reason)
      if isNews { actions.add(.refused(reason, by: distance)) }
    case .taken: publish(reading, &actions)
    case .trusted(let moved):
      actions.add(.trusted(moved: moved))
      publish(reading, &actions)
    }
    if reading.grade == .pulse, pulses.isBelieved { lastPulse = raw }
  }

  /// Whether another message told this second already: the first one counts.
  private mutating func isRepeated(_ reading: Reading) -> Bool {
    let raw = reading.stamp.raw
    // Receivers that round their second are a little early now and then.
    let second = (reading.reference &+ 1_000_000) / 1_000_000_000
    if let last = lastSerial, raw >= last.raw {
      let isSoon = raw - last.raw < (reading.grade == .serial ? TimeJudge.sameSecond : Self.closest)
      if isSoon, reading.grade == .pulse || second == last.second { return true }
    }
    lastSerial = (second, raw)
    return false
  }

  private mutating func publish(_ reading: Reading, _ actions: inout ReceiverActions) {
    if reading.grade == .serial { learn(reading, &actions) }
    let (delay, dispersion) = reading.grade == .serial ? serialError(reading) : pulseError(reading)
    let since = lastPublished.map { reading.stamp.raw - $0 } ?? .zero
    lastPublished = reading.stamp.raw
    counters.published &+= 1
    actions.add(
      .publish(
        ReceiverSample(
          stamp: reading.stamp, reference: TimeInterval(nanoseconds: reading.reference) + delay,
          dispersion: dispersion &+ UInt64(reading.stamp.errorNanoseconds), leap: leap(at: reading.reference),
          precision: reading.precision, poll: Self.poll(since), taiOffset: taiOffset,
          isPulse: reading.grade == .pulse, isFraction: reading.isFraction)))
  }

  private mutating func learn(_ reading: Reading, _ actions: inout ReceiverActions) {
    guard options.learnsDelay, view.followsOthers else { return }
    let late = reading.stamp.time - TimeInterval(nanoseconds: reading.reference)
    guard learner.take(late, bound: view.bound), let delay = learner.delay else { return }
    actions.add(.learned(delay: delay))
  }

  /// How late a message is, and how wrong that may be.
  private func serialError(_ reading: Reading) -> (delay: TimeInterval, dispersion: UInt64) {
    let scatter = UInt64(min(2 * serial.scatter, 1e9))
    let least = max(1_000_000, max(scatter, min(fitness.accuracy(at: reading.stamp.raw), 1_000_000_000)))
    if options.learnsDelay {
      if let delay = learner.delay { return (delay, least &+ learner.uncertainty) }
      return (options.delay ?? .zero, Self.nothingKnown)
    }
    // Nobody said how late it is: most are within half a second.
    guard let delay = options.delay else { return (.zero, Self.nothingKnown) }
    return (delay, least)
  }

  private func pulseError(_ reading: Reading) -> (delay: TimeInterval, dispersion: UInt64) {
    let digits = min(max(Int(reading.precision), -30), 0)
    return (options.delay ?? .zero, 1_000_000_000 >> UInt64(-digits))
  }

  /// The interval of samples as log2 s, 0 to 6.
  private static func poll(_ interval: TimeInterval) -> Int8 {
    var exponent: Int8 = 0
    var longest = TimeInterval.milliseconds(1500)
    while exponent < 6, interval > longest {
      exponent += 1
      longest = longest + longest
    }
    return exponent
  }
}
