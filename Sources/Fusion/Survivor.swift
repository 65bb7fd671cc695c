// SPDX-License-Identifier: Apache-2.0

package import Filtering
package import TimeTypes

/// A survivor of selection as fusion sees it: its estimate and, in `estimate.newest`, its newest sample, because the joint
/// filter works on the samples of all survivors, not on their separate lines.
package struct Survivor: Sendable, BitwiseCopyable {
  package var source: SourceID
  package var estimate: SourceEstimate
  /// λ of RFC 5905, seconds.
  package var rootDistance: Double
  /// The newest sample arrived with this very event.
  package var isFresh: Bool
  package var isPreferred: Bool
  package var isSystemSource: Bool
  /// How far it is ahead of all survivors together for good, seconds (`SourceBias`).
  package var bias: Double
  /// Half the root delay plus the root dispersion: what the source itself may be wrong by, seconds.
  package var rootError: Double

  @_noAllocation @_noLocks
  package init(
    source: SourceID, estimate: SourceEstimate, rootDistance: Double, isFresh: Bool, isPreferred: Bool,
    isSystemSource: Bool, rootError: Double, bias: Double = 0
  ) {
    self.source = source
    self.estimate = estimate
    self.rootDistance = rootDistance
    self.isFresh = isFresh
    self.isPreferred = isPreferred
    self.isSystemSource = isSystemSource
    self.rootError = rootError
    self.bias = bias
  }

  /// What a pulse or the like may be off by for good, seconds: no path is in it.
  var reach: Double {
    @_noAllocation @_noLocks get { estimate.newest.asymmetryBound + 4 * estimate.offsetError }
  }

  /// Whether what its path usually hides, an eighth of the delay, is four times what a pulse may be off by. Its samples would pull the
  /// clock to its own bias.
  @_noAllocation @_noLocks
  func isCoarse(beside reach: Double) -> Bool {
    !estimate.isOneWay && 0.125 * estimate.statistics.delay > 4 * reach
  }
}

/// The survivors of one selection, in line.
package struct SurvivorList: ~Copyable {
  /// On the heap, made once: read in place there, where a structure's own array would be copied whole for each element.
  private final class Places {
    var elements = InlineArray<64, Survivor>(
      repeating: Survivor(
        source: SourceID(rawValue: 0), estimate: .none, rootDistance: 0, isFresh: false, isPreferred: false,
        isSystemSource: false, rootError: 0))
  }
  private let places = Places()
  package private(set) var count = 0

  package init() {}

  @_noAllocation @_noLocks
  package mutating func removeAll() { count = 0 }

  /// False when the list is full.
  @_noAllocation @_noLocks @discardableResult
  package mutating func append(_ survivor: Survivor) -> Bool {
    guard count < 64 else { return false }
    places.elements[count] = survivor
    count += 1
    return true
  }

  /// Whether it is the system source; without a copy of the whole.
  @_noAllocation @_noLocks
  package func isSystemSource(_ position: Int) -> Bool { places.elements[position].isSystemSource }

  package var hasPreferred: Bool {
    @_noAllocation @_noLocks get {
      for i in 0..<count where places.elements[i].isPreferred { return true }
      return false
    }
  }

  /// Whether one of them (of the preferred ones) rests on so many samples.
  @_noAllocation @_noLocks
  package func hasMature(_ samples: UInt32, preferred: Bool) -> Bool {
    for i in 0..<count
    where (!preferred || places.elements[i].isPreferred) && places.elements[i].estimate.sampleCount >= samples {
      return true
    }
    return false
  }

  /// The least that one of the pulses (of the preferred ones) may be off by; infinite without any that rests on so many samples.
  @_noAllocation @_noLocks
  func leastReach(_ samples: UInt32, preferred: Bool) -> Double {
    var least = Double.infinity
    for i in 0..<count where places.elements[i].estimate.isOneWay && places.elements[i].estimate.sampleCount >= samples
    {
      if preferred && !places.elements[i].isPreferred { continue }
      let reach = places.elements[i].reach
      if reach < least { least = reach }
    }
    return least
  }

  package subscript(position: Int) -> Survivor {
    @_noAllocation @_noLocks get { places.elements[position] }
  }
}
