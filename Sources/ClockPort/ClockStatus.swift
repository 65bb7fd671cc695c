// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// What the kernel is to tell applications of the clock (adjtimex(2): status, maxerror, esterror, leap, TAI offset).
public struct ClockStatus: Sendable, BitwiseCopyable, Equatable {
  public var synchronized: Bool
  public var leap: LeapIndicator
  /// The hard bound on the clock's error.
  public var maximumError: TimeInterval
  /// The estimated error.
  public var estimatedError: TimeInterval
  /// TAI − UTC in seconds; nil = leave the kernel's.
  public var taiOffset: Int16?

  @_noAllocation @_noLocks
  public init(
    synchronized: Bool, leap: LeapIndicator, maximumError: TimeInterval, estimatedError: TimeInterval,
    taiOffset: Int16? = nil
  ) {
    self.synchronized = synchronized
    self.leap = leap
    self.maximumError = maximumError
    self.estimatedError = estimatedError
    self.taiOffset = taiOffset
  }
}
