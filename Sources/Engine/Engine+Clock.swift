// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Discipline
import Filtering
import Selection
import TimeTypes

extension Engine {
  /// A tick that finds the clock this far from where it was left, in seconds, means that someone else moved it.
  static var moveThreshold: Double { @_noAllocation @_noLocks get { 5e-3 } }
  /// Seconds between ticks while a real offset is slewed away.
  static var fastTick: Double { @_noAllocation @_noLocks get { 0.25 } }
  /// How long an answer to a clock action may take before it is given up, seconds.
  static var answerLimit: Double { @_noAllocation @_noLocks get { 5 } }

  @_noAllocation @_noLocks
  private static func line(_ reading: ClockReading) -> ClockLine {
    ClockLine(raw: reading.raw, time: reading.time, frequency: reading.frequency)
  }

  /// The same, but where samples tell where the clock is, what they told is kept for as long as a reading does not contradict it: by more
  /// than its own noise.
  @_noAllocation @_noLocks
  private func line(through now: ClockReading) -> ClockLine {
    guard parameters.readsClockBySamples, let known = reading,
      (now.time - known.time(at: now.raw)).inSeconds.magnitude < Self.readingNoise
    else { return Self.line(now) }
    return ClockLine(raw: now.raw, time: known.time(at: now.raw), frequency: now.frequency)
  }

  /// A reading of the clock is never farther off, seconds.
  static var readingNoise: Double { @_noAllocation @_noLocks get { 1e-6 } }

  /// Takes the local stamp of a sample for a reading of the clock, unless the clock was changed since.
  @_noAllocation @_noLocks
  mutating func readClock(by sample: Sample) {
    guard parameters.readsClockBySamples, sample.era == era, let known = reading, sample.raw >= known.raw,
      (sample.local - known.time(at: sample.raw)).inSeconds.magnitude < Self.readingNoise
    else { return }
    reading = ClockLine(raw: sample.raw, time: sample.local, frequency: known.frequency)
  }

  @_noAllocation @_noLocks
  mutating func tick(_ now: ClockReading, _ actions: inout Actions) {
    if now.clock != clock {
      strayed &+= 1
      return
    }
    if outstanding > 0 && (now.raw - outstandingSince).inSeconds > Self.answerLimit {
      outstanding = 0
      isStepping = false
    }
    if let reading { tickGap = (now.raw - reading.raw).inSeconds }
    let now = onOurSideOfLeap(now)
    if let reading, outstanding == 0 {
      let moved = now.time - reading.time(at: now.raw)
      if moved.inSeconds.magnitude > Self.moveThreshold && !leap.wasMade(within: LeapState.window, of: now.raw) {
        clockMoved(now, by: moved, &actions)
        return
      }
    }
    reading = line(through: now)
    era = now.era
    update(at: now.raw, &actions)
    requestPolls(&actions)
  }

  @_noAllocation @_noLocks
  mutating func applied(_ now: ClockReading, stepped: TimeInterval, _ actions: inout Actions) {
    if now.clock != clock { return }
    if outstanding > 0 { outstanding -= 1 }
    let isStep = stepped.nanoseconds != 0 || stepped.subnanoseconds != 0
    reading = line(through: isStep ? now : onOurSideOfLeap(now))
    era = now.era
    if case .refused = steering {
      steering = .steering
      retryPause = 1
      actions.advise(.log(.clockAccepted))
    } else if steering.isWaiting {
      steering = .steering
    }
    if isStep {
      isStepping = false
      servo.reset()
      actions.advise(.log(.stepped(by: stepped)))
      update(at: now.raw, &actions)
    } else {
      servo.applied(now.frequency)
    }
  }

  @_noAllocation @_noLocks
  mutating func refused(_ error: ClockError, at now: RawInstant, _ actions: inout Actions) {
    if outstanding > 0 { outstanding -= 1 }
    isStepping = false
    servo.reset()
    retryAt = now + TimeInterval(seconds: retryPause)
    retryPause = retryPause < 64 ? retryPause * 2 : 64
    if steering.isRevalidating { return }
    var isNews = true
    if case .refused(let before) = steering, Self.isSame(before, error) { isNews = false }
    if case .observing = error {
      steering = .observing
    } else {
      steering = .refused(error)
    }
    if isNews { actions.advise(.log(.clockRefused(error))) }
  }

  @_noAllocation @_noLocks
  private static func isSame(_ a: ClockError, _ b: ClockError) -> Bool {
    switch (a, b) {
    case (.notPermitted, .notPermitted), (.invalidValue, .invalidValue), (.unsupported, .unsupported): true
    case (.observing, .observing): true
    case (.system(let x), .system(let y)): x == y
    default: false
    }
  }

  /// Someone else moved the clock. Estimates stand on the raw counter and need nothing; but the host may have slept, which
  /// moves the counter itself, so nothing is done before fresh samples agree.
  @_noAllocation @_noLocks
  mutating func clockMoved(_ now: ClockReading, by interval: TimeInterval, _ actions: inout Actions) {
    if now.clock != clock { return }
    reading = Self.line(now)
    era = now.era
    servo.reset()
    piServo?.restart()
    actions.advise(.log(.clockMoved(by: interval)))
    if hasAdopted || !steering.isObserving { steering = .revalidating(since: now.raw) }
    for i in 0..<capacity where storage.slots[i].isUsed { _ = storage.slots[i].poll.restart() }
    update(at: now.raw, &actions)
    requestPolls(&actions)
  }

  @_noAllocation @_noLocks
  mutating func frequencyChanged(_ now: ClockReading, _ actions: inout Actions) {
    if now.clock != clock { return }
    reading = Self.line(now)
    era = now.era
    servo.reset()
    piServo?.restart()
    actions.advise(.log(.clockFrequencyChanged(now.frequency)))
    update(at: now.raw, &actions)
  }

  /// An operator's resync: refused clock actions are tried at once, sources polled quickly, and with `force` the next agreed
  /// offset passes the sanity gate, also when only refused samples stand for it.
  @_noAllocation @_noLocks
  mutating func resync(force: Bool, at now: RawInstant, _ actions: inout Actions) {
    isForced = force
    retryAt = now
    retryPause = 1
    // A clock that was refused because another daemon owns it may be free by now.
    if steering.isObserving && parameters.steer { steering = .waiting }
    for i in 0..<capacity where storage.slots[i].isUsed {
      _ = storage.slots[i].poll.restart()
      if force && storage.slots[i].refusedRun > 0 { promoteRefused(i) }
    }
    update(at: now, &actions)
    requestPolls(&actions)
  }

  /// Makes the samples that the gate refused the source's own.
  @_noAllocation @_noLocks
  private func promoteRefused(_ index: Int) {
    let gated = storage.slots[index].gated
    storage.slots[index].filter = SourceFilter()
    storage.slots[index].estimate = .none
    storage.slots[index].gated = ClockFilter()
    storage.slots[index].refusedRun = 0
    var age = gated.count - 1
    while age >= 0 {
      _ = storage.slots[index].filter.add(gated.stage(age: age), prior: frequencyPrior)
      age -= 1
    }
  }
}
