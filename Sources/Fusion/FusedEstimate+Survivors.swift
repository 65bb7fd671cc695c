// SPDX-License-Identifier: Apache-2.0

import Numerics
import TimeTypes

extension FusedEstimate {
  /// The joint prediction with what only the survivors together say: system jitter (RFC 5905, section 11.2.3), the hard bound by the
  /// survivor that bounds the truth tightest, and the newest sample. `survivors` is not empty.
  @_noAllocation @_noLocks
  package init(_ prediction: JointPrediction, _ survivors: SurvivorList) {
    var system = 0
    for i in 0..<survivors.count where survivors[i].isSystemSource { system = i }
    let origin = survivors[system].estimate.line.time
    var weights = 0.0
    var squares = 0.0
    var bound = Double.infinity
    var newest = survivors[system].estimate.newest.raw
    var samples: UInt32 = 0
    for i in 0..<survivors.count {
      let estimate = survivors[i].estimate
      let weight = 1 / (survivors[i].rootDistance > 1e-9 ? survivors[i].rootDistance : 1e-9)
      let distance = (estimate.line.time - origin).inSeconds
      weights += weight
      squares += weight * distance * distance
      let reach =
        (estimate.line.time - prediction.line.time).inSeconds.magnitude + estimate.hardBound + survivors[i].rootError
      if reach < bound { bound = reach }
      if estimate.newest.raw > newest { newest = estimate.newest.raw }
      if estimate.sampleCount > samples { samples = estimate.sampleCount }
    }
    let own = survivors[system].estimate.jitter
    self.init(
      line: prediction.line, offsetError: prediction.offsetError, frequencyError: prediction.frequencyError,
      jitter: squareRoot(squares / weights + own * own), hardBound: bound, lastUpdate: newest,
      samples: samples < 64 ? Int(samples) : 64, agitation: prediction.agitation)
  }

  /// Carries the estimate on without survivors: `rate` is how fast the hard bound grows.
  @_noAllocation @_noLocks
  package mutating func coast(_ prediction: JointPrediction, boundRate rate: Double) {
    hardBound += rate * (prediction.line.raw - line.raw).inSeconds
    line = prediction.line
    offsetError = prediction.offsetError
    frequencyError = prediction.frequencyError
  }
}
