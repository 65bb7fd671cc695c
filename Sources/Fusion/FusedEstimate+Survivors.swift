// SPDX-License-Identifier: Apache-2.0

import Numerics
import TimeTypes

extension FusedEstimate {
  /// The joint prediction with what only the survivors together say: system jitter (RFC 5905, section 11.2.3), the hard bound by the
  /// survivor that bounds the truth tightest, and the newest sample. `survivors` is not empty.
  @_noAllocation @_noLocks
  package init(_ prediction: JointPrediction, _ survivors: borrowing SurvivorList) {
    var system = 0
    for i in 0..<survivors.count where survivors.isSystemSource(i) { system = i }
    let first = survivors[system].estimate
    let origin = first.line.time
    var weights = 0.0
    var squares = 0.0
    var bound = Double.infinity
    var newest = first.newest.raw
    var samples: UInt32 = 0
    var disagreement = 0.0
    var lingering = 0.0
    for i in 0..<survivors.count {
      let survivor = survivors[i]
      let estimate = survivor.estimate
      let weight = 1 / (survivor.rootDistance > 1e-9 ? survivor.rootDistance : 1e-9)
      let distance = (estimate.line.time - origin).inSeconds
      weights += weight
      lingering += weight * estimate.bounds.lingering
      squares += weight * distance * distance
      let reach =
        (estimate.line.time - prediction.line.time).inSeconds.magnitude + estimate.bounds.hard + survivor.rootError
      if reach < bound { bound = reach }
      let unexplained = (estimate.line.time - prediction.line.time).inSeconds - survivor.bias
      disagreement += unexplained * unexplained / (estimate.offsetError * estimate.offsetError + 1e-24)
      if estimate.newest.raw > newest { newest = estimate.newest.raw }
      if estimate.sampleCount > samples { samples = estimate.sampleCount }
    }
    let own = first.statistics.jitter
    // Sources that disagree by more than they claim make the joint deviation as much too small (R. T. Birge's ratio, 1932).
    let ratio = disagreement / Double(survivors.count)
    let excess = survivors.count > 1 && ratio > 1 ? squareRoot(ratio) : 1
    self.init(
      line: prediction.line, offsetError: prediction.offsetError * excess, frequencyError: prediction.frequencyError,
      jitter: squareRoot(squares / weights + own * own), hardBound: bound, lastUpdate: newest,
      samples: samples < 64 ? Int(samples) : 64, agitation: prediction.agitation,
      lingering: lingering / weights)
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
