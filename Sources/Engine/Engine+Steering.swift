// SPDX-License-Identifier: Apache-2.0

import Discipline
import Fusion
import TimeTypes

extension Engine {
  /// A change of frequency smaller than this is not worth a call: a little over Linux's 2⁻¹⁶ ppm.
  static var frequencyResolution: Double { @_noAllocation @_noLocks get { 2e-11 } }

  /// Decides what to do to the clock now: step it, set its frequency, or leave it.
  @_noAllocation @_noLocks
  mutating func steer(at now: RawInstant, _ actions: inout Actions) {
    guard parameters.steer, let reading, outstanding == 0 else { return }
    var isRetry = false
    switch steering {
    case .observing: return
    case .revalidating:
      // No slew while it is open where the clock should be.
      setFrequency(fused?.line.frequency ?? reading.frequency, at: now, isRetry: false, &actions)
      return
    case .refused:
      if now < retryAt { return }
      isRetry = true
    case .waiting, .steering: break
    }
    guard let fused, sanity.isGood else {
      let rest = fused?.line.frequency ?? parameters.initialFrequency ?? reading.frequency
      setFrequency(rest, at: now, isRetry: isRetry, &actions)
      return
    }
    if let settings = parameters.pi {
      steerByPI(settings, reading, fused.line.frequency, at: now, isRetry: isRetry, &actions)
      return
    }
    let correction = fused.line.time(at: now) - reading.time(at: now)
    let error = correction.inSeconds
    var policy = stepPolicy.correction(for: error, hasSynchronized: hasSynchronized, isForced: isForced)
    if let first = parameters.firstStep, !hasCorrected, error.magnitude > first { policy = .step }
    hasCorrected = true
    isForced = false
    if case .step = policy {
      servo.reset()
      isStepping = true
      expectAnswer(at: now)
      actions.append(.step(clock, correction))
      return
    }
    let frequency = servo.steer(
      reference: fused.line.frequency, error: error,
      knowledge: Servo.Knowledge(
        deviation: fused.offsetError, agitation: fused.agitation, pollInterval: system.pollInterval,
        isStarting: fused.samples < Servo.startingSamples, tickGap: leastLag(error)))
    setFrequency(frequency, at: now, isRetry: isRetry, &actions)
  }

  /// The least time constant for an offset, seconds: the time between ticks. Where samples read the clock to the nanosecond, a small one is
  /// mostly how the kernel rounds its rate from tick to tick, which it makes up for by itself: two seconds cost least (Docs/evidence.md).
  @_noAllocation @_noLocks
  private func leastLag(_ error: Double) -> Double {
    if !parameters.readsClockBySamples || error.magnitude > Self.readingNoise { return tickGap }
    let calm = 2 * parameters.smoothness
    return tickGap > calm ? tickGap : calm
  }

  /// The PI servo takes each new sample of the system source as it was measured, and what it said last holds in between.
  @_noAllocation @_noLocks
  private mutating func steerByPI(
    _ settings: PISettings, _ reading: ClockLine, _ reference: Frequency, at now: RawInstant, isRetry: Bool,
    _ actions: inout Actions
  ) {
    var pi = PIServo(
      settings, maximumFrequency: parameters.maximumFrequency.ratio, frequency: reading.frequency.ratio)
    if let piServo { pi = piServo }
    pi.limit(slewRate: parameters.maximumSlewRate.ratio, around: reference.ratio)
    if let index = storage.selection.systemSource, storage.slots[index].isFresh {
      pi.setInterval(Self.interval(storage.slots[index].samplePoll))
      let offset = storage.slots[index].lastOffset
      let error = offset.inSeconds
      let mayStep = stepPolicy.allowsStep(by: error, hasSynchronized: hasSynchronized, isForced: isForced)
      let state = pi.sample(offset: error, raw: storage.slots[index].filter.newest.raw, mayStep: mayStep)
      // A servo that begins again has not decided yet what an operator's force is for.
      if case .unlocked = state {} else { isForced = false }
      if case .jump = state {
        piServo = pi
        isStepping = true
        expectAnswer(at: now)
        // The frequency comes with the answer.
        actions.append(.step(clock, offset))
        return
      }
    }
    piServo = pi
    setFrequency(Frequency(ratio: pi.frequency), at: now, isRetry: isRetry, &actions)
  }

  @_noAllocation @_noLocks
  private mutating func setFrequency(
    _ frequency: Frequency, at now: RawInstant, isRetry: Bool, _ actions: inout Actions
  ) {
    guard let reading else { return }
    let change = (frequency.ratio - reading.frequency.ratio).magnitude
    if change < Self.frequencyResolution && !isRetry {
      if steering.isWaiting, case .some = fused { steering = .steering }
      return
    }
    expectAnswer(at: now)
    actions.append(.adjust(clock, frequency))
  }

  @_noAllocation @_noLocks
  private mutating func expectAnswer(at now: RawInstant) {
    outstanding += 1
    outstandingSince = now
  }
}
