// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// How long one direction of a path takes: a constant and what queues add to it.
public struct DelayModel: Sendable, Equatable {
  public enum Jitter: Sendable, Equatable {
    case none
    /// Added, with that mean.
    case exponential(mean: TimeInterval)
    /// Added or taken away, with that standard deviation; a delay never falls below zero.
    case gaussian(deviation: TimeInterval)
  }

  public var constant: TimeInterval
  public var jitter: Jitter

  public init(constant: TimeInterval, jitter: Jitter = .none) {
    self.constant = constant
    self.jitter = jitter
  }

  /// One datagram's delay, never negative.
  public func draw(_ random: inout SimulationRandom) -> TimeInterval {
    switch jitter {
    case .none: max(.zero, constant)
    case .exponential(let mean):
      max(.zero, constant + TimeInterval(nanosecondsAsDouble: random.exponential() * mean.inNanoseconds))
    case .gaussian(let deviation):
      max(.zero, constant + TimeInterval(nanosecondsAsDouble: random.gaussian() * deviation.inNanoseconds))
    }
  }
}
