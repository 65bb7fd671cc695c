// SPDX-License-Identifier: Apache-2.0

/// One measurement of a source against a local clock: plain data of 128 bytes, the element of the sample ring.
///
/// It has the layout of `tompion_sample_t`, by a second declaration; a test compares the two field by field, so publishing is
/// validation and a copy. Offset = reference − local: positive means that the local clock is behind. A round-trip source puts
/// the middle of the exchange in `localNanoseconds` and `referenceNanoseconds`; a one-way source sets `.oneWay` and delay 0.
public struct Sample: Sendable, BitwiseCopyable, Equatable {
  /// The size in bytes of the record: 128.
  public var size: UInt32 = 128
  public var source: SourceID
  /// Counts the samples of the source.
  public var sequence: UInt32
  public var flags: SampleFlags
  /// The local clock at the middle of the exchange, since its epoch.
  public var localNanoseconds: Int64
  /// The reference at the same moment, on `timescale`.
  public var referenceNanoseconds: Int64
  /// CLOCK_MONOTONIC_RAW at the same moment.
  public var rawNanoseconds: Int64
  /// The round trip without the server's turnaround, measured on the raw clock: (T4 − T1) − (T3 − T2). May be slightly
  /// negative where a clock runs fast or stamps are coarse.
  public var delayNanoseconds: Int64
  /// The error of the measurement itself: reading precision of both ends plus stamp errors.
  public var dispersionNanoseconds: UInt64
  /// The source's own distance to the primary reference, round trip.
  public var rootDelayNanoseconds: UInt64
  public var rootDispersionNanoseconds: UInt64
  /// The most that unequal path delays can have moved the offset; `UInt64.max` = unknown (then half the delay).
  public var asymmetryBoundNanoseconds: UInt64
  /// The server's turnaround, T3 − T2.
  public var turnaroundNanoseconds: Int64
  /// The reference's frequency against the raw clock in units of 2⁻¹⁶ ppb; valid with `.hasFrequency`.
  public var frequencyScaled: Int64
  /// The era of the local clock.
  public var era: ClockEra
  /// What this host announces as its own reference id when it follows the source (RFC 5905, section 7.3): the server's IPv4
  /// address, the first four octets of the MD5 hash of its IPv6 address, or a reference clock's code. The server's own reference
  /// id, which says whom it follows, is the source's, not the sample's.
  public var referenceID: ReferenceID
  /// Fractions of `localNanoseconds` and `referenceNanoseconds` in units of 2⁻¹⁶ ns.
  public var localSubnanoseconds: UInt16
  public var referenceSubnanoseconds: UInt16
  public var clock: ClockID
  /// TAI − UTC in seconds as the source knows it; valid with `.hasTAIOffset`.
  public var taiOffset: Int16
  public var timescale: TimescaleCode
  public var leap: LeapIndicator
  public var stratum: UInt8
  /// The source's clock precision, log2 seconds.
  public var precision: Int8
  /// The interval at which the source is polled, log2 seconds.
  public var poll: Int8
  public var receiveKind: StampKind
  public var transmitKind: StampKind
  var reserved8: UInt8 = 0
  var reserved64: UInt64 = 0

  public init(
    source: SourceID, sequence: UInt32 = 0, flags: SampleFlags = [], clock: ClockID = .system,
    era: ClockEra = ClockEra(rawValue: 0),
    local: TimeInterval, reference: TimeInterval, raw: RawInstant, delay: Int64 = 0, dispersion: UInt64 = 0,
    rootDelay: UInt64 = 0, rootDispersion: UInt64 = 0, asymmetryBound: UInt64 = .max, turnaround: Int64 = 0,
    frequencyScaled: Int64 = 0, referenceID: ReferenceID = .none, taiOffset: Int16 = 0, timescale: TimescaleCode = .utc,
    leap: LeapIndicator = .none, stratum: UInt8 = 1, precision: Int8 = -20, poll: Int8 = 6,
    receiveKind: StampKind = .user,
    transmitKind: StampKind = .user
  ) {
    self.source = source
    self.sequence = sequence
    self.flags = flags
    self.localNanoseconds = local.nanoseconds
    self.referenceNanoseconds = reference.nanoseconds
    self.rawNanoseconds = raw.nanoseconds
    self.delayNanoseconds = delay
    self.dispersionNanoseconds = dispersion
    self.rootDelayNanoseconds = rootDelay
    self.rootDispersionNanoseconds = rootDispersion
    self.asymmetryBoundNanoseconds = asymmetryBound
    self.turnaroundNanoseconds = turnaround
    self.frequencyScaled = frequencyScaled
    self.era = era
    self.referenceID = referenceID
    self.localSubnanoseconds = local.subnanoseconds
    self.referenceSubnanoseconds = reference.subnanoseconds
    self.clock = clock
    self.taiOffset = taiOffset
    self.timescale = timescale
    self.leap = leap
    self.stratum = stratum
    self.precision = precision
    self.poll = poll
    self.receiveKind = receiveKind
    self.transmitKind = transmitKind
  }

  @inlinable
  public var local: TimeInterval {
    TimeInterval(nanoseconds: localNanoseconds, subnanoseconds: localSubnanoseconds)
  }

  @inlinable
  public var reference: TimeInterval {
    TimeInterval(nanoseconds: referenceNanoseconds, subnanoseconds: referenceSubnanoseconds)
  }

  @inlinable
  public var raw: RawInstant { RawInstant(nanoseconds: rawNanoseconds) }

  /// Reference − local: positive means that the local clock is behind.
  @inlinable
  public var offset: TimeInterval { reference - local }
}

/// What a sample is, bit by bit.
public struct SampleFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The reply was authenticated.
  @inlinable
  public static var authenticated: SampleFlags { SampleFlags(rawValue: 1 << 0) }
  /// No round trip: delay says nothing.
  @inlinable
  public static var oneWay: SampleFlags { SampleFlags(rawValue: 1 << 1) }
  /// A pulse: which second it marks is for others to say, of its reference only what is beyond whole seconds counts.
  @inlinable
  public static var pulse: SampleFlags { SampleFlags(rawValue: 1 << 2) }
  /// An answer to a poll of ours, so reach and poll control count it.
  @inlinable
  public static var reply: SampleFlags { SampleFlags(rawValue: 1 << 3) }
  @inlinable
  public static var hasFrequency: SampleFlags { SampleFlags(rawValue: 1 << 4) }
  @inlinable
  public static var hasTAIOffset: SampleFlags { SampleFlags(rawValue: 1 << 5) }
  /// The source calls itself unsynchronized but is configured as reliable.
  @inlinable
  public static var reliable: SampleFlags { SampleFlags(rawValue: 1 << 6) }
  /// Part of a burst: several at once, of which the filter keeps the best.
  @inlinable
  public static var burst: SampleFlags { SampleFlags(rawValue: 1 << 7) }
  /// The source knows nothing of leap seconds: its indicator does not count. Of a pulse it never does.
  @inlinable
  public static var noLeap: SampleFlags { SampleFlags(rawValue: 1 << 8) }
}
