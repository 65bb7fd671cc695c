// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Discipline
import Fusion
import TimeTypes

extension Engine {
  /// "LOCL": an own clock, served as such (RFC 5905, figure 12).
  static var localReference: ReferenceID {
    @_noAllocation @_noLocks get { ReferenceID(rawValue: 0x4C4F_434C) }
  }
  /// Deviations in the statistical bound.
  static var statisticalDeviations: Double { @_noAllocation @_noLocks get { 7.5 } }
  /// The kernel's status is written at most this often while nothing changes, seconds.
  static var statusInterval: Double { @_noAllocation @_noLocks get { 1 } }

  /// Puts together what is known of the clock as of `now`, publishes it, and says so where that is news.
  @_noAllocation @_noLocks
  mutating func publish(at now: RawInstant, _ actions: inout Actions) {
    var next = TimeState(clock: clock)
    next.raw = now
    next.era = era
    next.taiOffset = followsSmearing ? nil : leap.taiOffset
    next.dispersionRate = parameters.driftBound
    if let fused, let reading { describe(&next, fused, reading, at: now) }
    if let own = ownClockInForce { serve(own, in: &next, at: now) }
    let wasSynchronized = state.synchronized
    let hadLeap = state.leap
    state = next
    if next.synchronized && !wasSynchronized {
      hasSynchronized = true
      if let source = next.systemSource { actions.advise(.log(.synchronized(source))) }
    }
    if !next.synchronized && wasSynchronized {
      actions.advise(.log(.unsynchronized(lastUpdate: fused?.lastUpdate ?? now)))
    }
    actions.append(.publish(next))
    setStatus(at: now, isNews: next.synchronized != wasSynchronized || next.leap != hadLeap, &actions)
  }

  /// Fills in what an estimate and a reading give.
  @_noAllocation @_noLocks
  private func describe(_ next: inout TimeState, _ fused: FusedEstimate, _ reading: ClockLine, at now: RawInstant) {
    let offset = reading.offset(of: fused.line, at: now)
    let rest = offset.magnitude
    let age = (now - fused.line.raw).inSeconds
    let rate = driftBound.rate(frequencyError: fused.frequencyError.ratio)
    let precision = parameters.precision < -30 ? 1e-9 : Engine.precisionInSeconds(parameters.precision)
    // 7.5 deviations where 3.3 would do for normal errors: these are mixtures, and the path's floor is in them. With few samples
    // the deviation itself is a guess.
    let samples = fused.samples > 1 ? Double(fused.samples - 1) : 1
    let statistical =
      rest + (Self.statisticalDeviations + 10 / samples) * fused.offsetError + fused.lingering + precision
    let hard = rest + fused.hardBound + rate * age + precision
    let dispersion = system.rootDispersion + rest + rate * age + precision
    next.offset = TimeInterval(seconds: offset)
    next.frequency = fused.line.frequency
    next.jitter = TimeInterval(seconds: fused.jitter)
    next.boundHard = TimeInterval(seconds: hard)
    next.boundStatistical = TimeInterval(seconds: statistical < hard ? statistical : hard)
    next.dispersionRate = Frequency(ratio: rate)
    next.statisticalRate = Frequency(ratio: Self.statisticalDeviations * fused.frequencyError.ratio)
    next.referenceTime = fused.line.time(at: fused.lastUpdate)
    next.synchronized =
      sanity.isGood && !system.isManual && !steering.isRevalidating && rest <= parameters.synchronizedLimit
      && (now - fused.lastUpdate).inSeconds <= parameters.holdoverLimit
      && 0.5 * system.rootDelay + dispersion <= parameters.maximumDistance
    if next.synchronized {
      next.leap = leap.armed
      next.stratum = system.stratum
      next.referenceID = system.referenceID
      next.rootDelay = TimeInterval(seconds: system.rootDelay)
      next.rootDispersion = TimeInterval(seconds: dispersion)
      next.systemSource = system.source
    } else {
      next.rootDispersion = TimeInterval(seconds: dispersion)
    }
  }

  @_noAllocation @_noLocks
  static func precisionInSeconds(_ exponent: Int8) -> Double {
    exponent >= 0 ? Double(1 << Int(exponent & 15)) : 1 / Double(1 << Int(-exponent))
  }

  @_noAllocation @_noLocks
  private mutating func setStatus(at now: RawInstant, isNews: Bool, _ actions: inout Actions) {
    guard parameters.steer, case .some = reading else { return }
    switch steering {
    case .observing, .refused: return
    case .waiting, .steering, .revalidating: break
    }
    if !isNews, let lastStatus, (now - lastStatus).inSeconds < Self.statusInterval { return }
    lastStatus = now
    let leap = leapForKernel(at: now)
    actions.append(
      .setStatus(
        clock,
        ClockStatus(
          synchronized: state.synchronized, leap: state.synchronized ? leap.indicator : .unsynchronized,
          maximumError: state.boundHard, estimatedError: state.boundStatistical, taiOffset: leap.taiOffset)))
  }
}
