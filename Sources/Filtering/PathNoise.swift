// SPDX-License-Identifier: Apache-2.0

/// What is believed of the noise of one source's path: scales in seconds, and how far each family of noise is believed.
///
/// The families, by index: 0 queues of each direction, exponential and alike; 1 the same with unlike scales; 2 queues without mass
/// at the minimum (gamma, shape 3); 3, 4, 5 a normal offset error whose variance grows with the excess delay e as
/// e²/(4(2a + 1)), which is that of two gamma queues of shape a = 1, 2, 4 given their sum; 6 a normal error that the delay says nothing of.
package struct PathNoise: Sendable, BitwiseCopyable {
  /// One value for each of the seven families.
  package typealias PerFamily<Value> = InlineArray<7, Value>
  static var familyCount: Int { @_noAllocation @_noLocks get { 7 } }
  static var alike: Int { @_noAllocation @_noLocks get { 0 } }
  static var skewed: Int { @_noAllocation @_noLocks get { 1 } }
  static var shaped: Int { @_noAllocation @_noLocks get { 2 } }
  static var normal: Int { @_noAllocation @_noLocks get { 6 } }
  /// A family believed less is not worked out.
  static var leastBelief: Double { @_noAllocation @_noLocks get { 1e-5 } }
  /// One that is believed less is worked out for every fourth measurement only, which counts for four, and not by the joint filter.
  static var rareBelief: Double { @_noAllocation @_noLocks get { 2e-3 } }
  static var rareStride: Int { @_noAllocation @_noLocks get { 4 } }
  /// How soft the edge of a queue is, in light queues: what the model leaves out.
  static var softness: Double { @_noAllocation @_noLocks get { 0.02 } }
  /// Density of observations that say nothing, per light queue.
  static var junk: Double { @_noAllocation @_noLocks get { 1e-3 } }
  /// How fast the least delay may creep between samples, in light queues.
  static var creep: Double { @_noAllocation @_noLocks get { 0.003 } }

  /// Mean of a light queue in one direction, and of a heavy one.
  package var light = 1e-6
  package var heavy = 8e-6
  /// Part of the light queueing that is on the way out: ½ = alike.
  package var skew = 0.5
  /// How often the queue of each direction is heavy.
  package var forwardShare = 0.05
  package var backwardShare = 0.05
  /// Median and normal-equivalent deviation of the round trip; for a one-way source, of what it says beyond what was foretold.
  package var median = 0.0
  package var spread = 1e-6
  /// Scale of each direction's gamma queue, and the least round trip that goes with it.
  package var shapedScale = 1e-6
  package var shapedFloor = 0.0
  /// How much the round trips alone speak for gamma queues of shape 3 and for normal ones against exponential ones, as logarithms.
  package var shapedFavor = 0.0
  package var normalFavor = 0.0
  /// How far each family is believed; the sum is one.
  package var beliefs: PerFamily<Double> = [0.5, 0, 0.1, 0.1, 0.1, 0.1, 0.1]
  /// How much a sample says compared with an independent one, (1 − ρ)/(1 + ρ) by the round trips' autocorrelation ρ.
  package var independence = 1.0
  /// Whether rarely believed families are worked out for the measurement at hand.
  var isThorough = true

  /// Whether a family is worked out for the measurement at hand.
  @_noAllocation @_noLocks
  func isConsidered(_ family: Int) -> Bool { beliefs[family] > (isThorough ? Self.leastBelief : Self.rareBelief) }

  /// How far noise is believed that has no edge: a normal one.
  var beliefWithoutEdge: Double {
    @_noAllocation @_noLocks get { beliefs[3] + beliefs[4] + beliefs[5] + beliefs[6] }
  }

  /// The same noise for a filter that leaves the rarely believed families out.
  package var withoutRare: PathNoise {
    @_noAllocation @_noLocks get {
      var noise = self
      noise.isThorough = false
      return noise
    }
  }

  /// Whether any family is believed that says nothing of directions.
  var isUndirectedBelieved: Bool {
    @_noAllocation @_noLocks get {
      for family in Self.shaped..<Self.familyCount where isConsidered(family) { return true }
      return false
    }
  }

  /// What queues that last may have moved the offset by without any sign: a third of what they usually are together, as far as samples
  /// repeat each other. `floor` is the least round trip.
  @_noAllocation @_noLocks
  func lingering(over floor: Double) -> Double {
    median > floor ? 0.35 * (median - floor) * (1 - independence) : 0
  }

  @_noAllocation @_noLocks
  package init() {}
}
