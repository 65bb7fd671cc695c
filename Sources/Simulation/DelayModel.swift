// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// How long one direction of a path takes: a constant, what queues add to it, and what else befalls the path.
public struct DelayModel: Sendable, Equatable {
  public typealias Jitter = DelayDistribution

  public var constant: TimeInterval
  public var jitter: Jitter
  public var extras: [DelayExtra]

  public init(constant: TimeInterval, jitter: Jitter = .none, extras: [DelayExtra] = []) {
    self.constant = constant
    self.jitter = jitter
    self.extras = extras
  }
}
