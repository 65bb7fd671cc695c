// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// One direction between two hosts: delay, and what can befall a datagram. Two unlike directions make an asymmetric path.
public struct PathModel: Sendable, Equatable {
  public var delay: DelayModel
  /// Probabilities, 0 to 1.
  public var loss: Double
  public var duplication: Double
  /// False = a datagram never overtakes one that was sent before it: it waits behind it, as in one queue.
  public var reorders: Bool
  /// True seconds in which nothing comes through.
  public var outages: [Range<Double>]

  public init(
    delay: DelayModel, loss: Double = 0, duplication: Double = 0, reorders: Bool = false, outages: [Range<Double>] = []
  ) {
    self.delay = delay
    self.loss = loss
    self.duplication = duplication
    self.reorders = reorders
    self.outages = outages
  }

  /// Whether nothing comes through at a true moment.
  public func isDown(at now: RawInstant) -> Bool {
    !outages.isEmpty && outages.contains { $0.contains(now.sinceEpoch.inSeconds) }
  }

  /// A path that takes exactly that long.
  public init(constant: TimeInterval) { self.init(delay: DelayModel(constant: constant)) }
}
