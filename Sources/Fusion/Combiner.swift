// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// The combine algorithm of RFC 5905, section 11.2.3: the survivors' offsets averaged with weights 1/λ.
///
/// It keeps no state. A joint filter would, and is fed the same way: once per event with every survivor.
package struct Combiner: Sendable, BitwiseCopyable {
  @_noAllocation @_noLocks
  package init() {}

  /// One line out of the survivors' lines at `now`; nil without survivors. A preferred survivor silences those that are not.
  @_noAllocation @_noLocks
  package mutating func fuse(_ survivors: SurvivorList, at now: RawInstant) -> FusedEstimate? {
    if survivors.count == 0 { return nil }
    var system = 0
    var hasPreferred = false
    for i in 0..<survivors.count {
      if survivors[i].isSystemSource { system = i }
      if survivors[i].isPreferred { hasPreferred = true }
    }
    let origin = survivors[system].estimate.line
    let systemJitter = survivors[system].estimate.jitter
    var weights = 0.0
    var offsets = 0.0
    var squares = 0.0
    var variance = 0.0
    var information = 0.0
    var frequencies = 0.0
    var lastUpdate = survivors[system].estimate.newest.raw
    var samples: UInt32 = 0
    for i in 0..<survivors.count where !hasPreferred || survivors[i].isPreferred {
      let estimate = survivors[i].estimate
      let weight = 1 / (survivors[i].rootDistance > 1e-9 ? survivors[i].rootDistance : 1e-9)
      let offset = (estimate.line.time - origin.time).inSeconds
      weights += weight
      offsets += weight * offset
      squares += weight * offset * offset
      variance += weight * weight * estimate.offsetError * estimate.offsetError
      let error = estimate.frequencyError.ratio > 1e-12 ? estimate.frequencyError.ratio : 1e-12
      information += 1 / (error * error)
      frequencies += estimate.line.frequency.ratio / (error * error)
      if estimate.sampleCount > samples { samples = estimate.sampleCount }
      if estimate.newest.raw > lastUpdate { lastUpdate = estimate.newest.raw }
    }
    let offset = offsets / weights
    var bound = Double.infinity
    for i in 0..<survivors.count {
      let own = (survivors[i].estimate.line.time - origin.time).inSeconds
      let reach = (own - offset).magnitude + survivors[i].estimate.hardBound + survivors[i].rootError
      if reach < bound { bound = reach }
    }
    return FusedEstimate(
      line: ClockLine(
        raw: now, time: origin.time + TimeInterval(seconds: offset),
        frequency: Frequency(ratio: frequencies / information)
      ),
      offsetError: squareRoot(variance) / weights, frequencyError: Frequency(ratio: 1 / squareRoot(information)),
      jitter: squareRoot(squares / weights + systemJitter * systemJitter), hardBound: bound, lastUpdate: lastUpdate,
      samples: samples < 64 ? Int(samples) : 64)
  }
}
