// SPDX-License-Identifier: Apache-2.0

import Numerics

/// How likely a round trip's excess over the floor is if both queues were light, and if one was not.
struct ExcessDensity {
  /// A rest is anywhere in so many e-folds above the scale: from one light queue to a thousand.
  private static var folds: Double { @_noAllocation @_noLocks get { 7 } }
  /// Below so many light queues a floor is not known: an excess of nothing would have no density at all.
  private static var least: Double { @_noAllocation @_noLocks get { 0.02 } }

  /// The excess, seconds, at least `least` light queues.
  let excess: Double
  /// Density, per second: of two light queues together (gamma of shape 2), times how often they are light.
  let light: Double
  /// Of the rest, which is log-uniform above the scale and flat below, times how often it is met.
  let rest: Double

  /// `scale`: mean of a light queue, seconds; `heavy`: share of the rest.
  @_noAllocation @_noLocks
  init(_ distance: Double, scale: Double, heavy: Double) {
    let e = distance > Self.least * scale ? distance : Self.least * scale
    excess = e
    light = (1 - heavy) * e / (scale * scale) * exponential(-e / scale)
    rest = heavy / ((e > scale ? e : scale) * Self.folds)
  }
}
