// SPDX-License-Identifier: Apache-2.0

/// What a reference clock makes of one true second.
public struct ReceiverSecond: Sendable, Equatable {
  /// An edge, in seconds from the true second.
  public struct Edge: Sendable, Equatable {
    public var after: Double
    /// The rising one.
    public var isAssert: Bool

    public init(after: Double, isAssert: Bool) { (self.after, self.isAssert) = (after, isAssert) }
  }

  /// The moment that it tells, ns of UTC since 1970.
  public var told: Int64
  /// It tells second 60 of a minute; `told` is second 59.
  public var isLeapSecond = false
  public var isValid = true
  public var hasAntenna = true
  public var isSpoofed = false
  /// What it announces for the end of the half-year: +1, −1 or 0.
  public var leapChange = 0
  /// How much its time is ahead by noise, s: the moment comes so much early.
  public var error = 0.0
  /// No message comes.
  public var isSilent = false
  /// In order.
  public var edges: [Edge] = []

  public init(told: Int64) { self.told = told }
}
