// SPDX-License-Identifier: Apache-2.0

/// What comes on top of one direction's constant delay and jitter. Moments are true seconds since the start.
public enum DelayExtra: Sendable, Equatable {
  /// Some datagrams, each by itself.
  case sporadic(probability: Double, DelayDistribution)
  /// A standing queue and a distribution, in each period from `from` to `to`.
  case window(period: Double, from: Double, to: Double, constant: Double, DelayDistribution)
  /// Another route from then on: the base delay changes by so many seconds.
  case route(at: Double, change: Double)
  /// A slowly changing queue.
  case correlated(CorrelatedDelay)
  /// Seconds of delay as they were measured somewhere.
  case recorded(RecordedTrace)
  /// From then on this distribution takes the place of the path's own jitter.
  case jitter(from: Double, DelayDistribution)
}
