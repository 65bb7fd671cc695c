// SPDX-License-Identifier: Apache-2.0

public import ClockPort
public import TimeTypes

/// What can happen to an engine. "Now" comes with every event: the engine never reads a clock.
public enum Event: Sendable {
  /// A provider published a measurement; `now` is the raw time at which it was drained from the ring.
  case sample(Sample, now: RawInstant)
  /// Time passed. The reading tells where the clock is and how it is driven; comes at least once a second.
  case tick(ClockReading)
  case sourceAdded(SourceID, SourceOptions, now: RawInstant)
  /// The provider's own view of reachability and options changed.
  case sourceChanged(SourceID, SourceOptions, reach: UInt8, now: RawInstant)
  case sourceRemoved(SourceID, now: RawInstant)
  /// Which second the pulses of a source mark is for that other source alone to say; one that is not there: for nobody.
  case sourceLocked(SourceID, to: SourceID, now: RawInstant)
  /// An adjust or step action was carried out: the frequency really in force, the era, and the interval stepped (zero for adjust).
  case applied(ClockReading, stepped: TimeInterval)
  /// A clock action was refused.
  case refused(ClockError, now: RawInstant)
  /// Somebody else moved the clock by about that much; the reading is from after the move.
  case clockMoved(ClockReading, by: TimeInterval)
  /// Somebody else changed the clock's frequency.
  case clockFrequencyChanged(ClockReading)
  /// How fast the oscillator behind the raw counter is said to run at its present temperature, positive = fast; only changes count. nil = not
  /// known any more.
  case compensated(Frequency?, now: RawInstant)
  /// An operator's `tompion resync`; `force` lets the next agreed offset pass the sanity gate.
  case resync(force: Bool, now: RawInstant)
  /// What leap-seconds.list says for the coming month's end and TAI − UTC now.
  case leapTable(LeapTable, now: RawInstant)
}

/// What an operator said of a source, as the engine needs it.
public struct SourceOptions: Sendable, BitwiseCopyable, Equatable {
  public var prefer = false
  public var noselect = false
  public var trust = false
  public var require = false
  public var reliable = false
  /// A reference clock on this machine: no network between it and us.
  public var referenceClock = false
  /// It spreads leap seconds over hours instead of making them: its UTC is another one then, and never mixed with that of others.
  public var smears = false
  /// So configured: what does not prove itself never becomes a sample of it.
  public var mustAuthenticate = false
  /// The disciplined clock itself: never followed; served where nobody can be followed, while its reach says that it may stand in.
  public var ownClock = false
  /// With `ownClock`: hosts that stand in at that stratum elect who leads.
  public var orphan = false
  /// Its address comes before ours in that election.
  public var senior = false
  /// An operator's words: one sample is enough; followed only where there is no other, and nothing is synchronized by it.
  public var manual = false
  /// Bounds of the poll interval, log2 seconds.
  public var minimumPoll: Int8 = 6
  public var maximumPoll: Int8 = 10

  @_noAllocation @_noLocks
  public init() {}
}

/// The part of leap-seconds.list that the engine needs.
public struct LeapTable: Sendable, BitwiseCopyable, Equatable {
  /// TAI − UTC now, seconds.
  public var taiOffset: Int16
  /// The next announced leap second's moment in UTC (the second after it), and the offset from then on; nil = none announced.
  public var next: (nanoseconds: Int64, taiOffset: Int16)?

  @_noAllocation @_noLocks
  public init(taiOffset: Int16, next: (nanoseconds: Int64, taiOffset: Int16)? = nil) {
    self.taiOffset = taiOffset
    self.next = next
  }

  public static func == (a: LeapTable, b: LeapTable) -> Bool {
    a.taiOffset == b.taiOffset && a.next?.nanoseconds == b.next?.nanoseconds && a.next?.taiOffset == b.next?.taiOffset
  }
}
