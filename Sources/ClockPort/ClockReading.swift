// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// What a steerable clock shows at one raw moment, and how it is being driven.
public struct ClockReading: Sendable, BitwiseCopyable, Equatable {
  public var clock: ClockID
  public var era: ClockEra
  /// The raw counter at the moment of reading.
  public var raw: RawInstant
  /// The clock's own time then, since its epoch.
  public var time: TimeInterval
  /// The frequency now in force, against the raw counter, as the kernel really applied it.
  public var frequency: Frequency

  @_noAllocation @_noLocks
  public init(clock: ClockID, era: ClockEra, raw: RawInstant, time: TimeInterval, frequency: Frequency) {
    self.clock = clock
    self.era = era
    self.raw = raw
    self.time = time
    self.frequency = frequency
  }
}
