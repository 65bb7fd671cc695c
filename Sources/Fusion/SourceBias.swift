// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// A survivor's constant distance from all of them together: what unlike path delays leave. It is learned as the mean distance of
/// the source's own line from the joint one, over a day or so, and it counts only where it stands out of the noise.
package struct SourceBias: Sendable, BitwiseCopyable {
  /// Samples that the mean remembers.
  private static var memory: Double { @_noAllocation @_noLocks get { 2000 } }
  /// The distances of two filters over the same clock are alike for about so many samples.
  private static var alike: Double { @_noAllocation @_noLocks get { 40 } }
  /// Deviations below which a distance is taken for noise.
  private static var gate: Double { @_noAllocation @_noLocks get { 2.5 } }
  /// Samples from which on a source's movement is told from its constant part.
  package static var established: Double { @_noAllocation @_noLocks get { 64 } }

  package var source = SourceID(rawValue: 0)
  package var isUsed = false
  /// Its samples are in the joint estimate.
  package var hasContributed = false
  package private(set) var samples = 0.0
  private var distance = 0.0
  private var variance = 0.0

  @_noAllocation @_noLocks
  package init() {}

  @_noAllocation @_noLocks
  package init(_ source: SourceID) {
    self.source = source
    isUsed = true
  }

  /// Seconds that the source is ahead of the joint line, as far as they stand out.
  package var value: Double {
    @_noAllocation @_noLocks get {
      if samples < 2 { return distance }
      let share = samples < Self.alike ? 1 : Self.alike / samples
      let least = Self.gate * squareRoot(variance * share)
      if distance.magnitude <= least { return 0 }
      let part = least / distance
      return distance * (1 - part * part)
    }
  }

  /// Whether enough is known for the source's movement to be told.
  package var isEstablished: Bool { @_noAllocation @_noLocks get { samples >= Self.established } }

  /// Takes in the source's distance from the joint line; `deviation` is what is expected of it.
  @_noAllocation @_noLocks
  package mutating func learn(_ distance: Double, deviation: Double) {
    if samples == 0 {
      self.distance = distance
      variance = deviation * deviation
      samples = 1
      return
    }
    if samples < Self.memory { samples += 1 }
    let change = distance - self.distance
    self.distance += change / samples
    let rate = samples < 64 ? 1.0 / 64 : 1.0 / 256
    variance += rate * (change * change - variance)
  }

  /// The joint line itself is told from elsewhere.
  @_noAllocation @_noLocks
  package mutating func move(by change: Double) { distance += change }
}
