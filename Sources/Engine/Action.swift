// SPDX-License-Identifier: Apache-2.0

public import ClockPort
public import TimeTypes

/// What an engine asks of the world. Its driver carries the actions out in order and reports clock actions back by events.
public enum Action: Sendable {
  /// Drive the clock at this frequency against the raw counter until told otherwise (feed-forward frequency plus slew).
  case adjust(ClockID, Frequency)
  /// Move the clock by this much at once, positive = forward.
  case step(ClockID, TimeInterval)
  /// Tell applications (kernel status) how good the clock is.
  case setStatus(ClockID, ClockStatus)
  /// Publish to readers of the clock page (NTP server, applications).
  case publish(TimeState)
  /// Advice to the provider: poll this source every 2^poll seconds.
  case requestPoll(SourceID, poll: Int8)
  /// Something worth a line in the event log.
  case log(EngineEvent)
}

/// What the daemon knows of its clock, as of `raw`; the content of the clock page.
public struct TimeState: Sendable, BitwiseCopyable, Equatable {
  public var clock: ClockID
  public var synchronized: Bool
  public var leap: LeapIndicator
  /// 1 + the system source's, 16 = unsynchronized.
  public var stratum: UInt8
  public var referenceID: ReferenceID
  public var raw: RawInstant
  /// UTC of the last update (the reference timestamp of RFC 5905), since 1970.
  public var referenceTime: TimeInterval
  public var rootDelay: TimeInterval
  /// At `raw`; grows from there by `dispersionRate`.
  public var rootDispersion: TimeInterval
  /// Growth of root dispersion and hard bound while nothing new arrives, and of the statistical bound.
  public var dispersionRate: Frequency
  public var statisticalRate: Frequency
  /// Statistical bound on the error: paths assumed symmetric, holds for at least 99.9 % of seconds.
  public var boundStatistical: TimeInterval
  /// Hard bound: half the path delay, root terms and drift added; never exceeded.
  public var boundHard: TimeInterval
  /// The estimated remaining error of the clock, reference − clock.
  public var offset: TimeInterval
  /// The estimated frequency of the reference against the raw counter.
  public var frequency: Frequency
  public var jitter: TimeInterval
  public var systemSource: SourceID?
  public var era: ClockEra
  /// TAI − UTC in seconds, nil = not known.
  public var taiOffset: Int16?

  @_noAllocation @_noLocks
  public init(
    clock: ClockID, synchronized: Bool = false, leap: LeapIndicator = .unsynchronized, stratum: UInt8 = 16,
    referenceID: ReferenceID = .none, raw: RawInstant = RawInstant(nanoseconds: 0), referenceTime: TimeInterval = .zero,
    rootDelay: TimeInterval = .zero, rootDispersion: TimeInterval = .zero,
    dispersionRate: Frequency = .partsPerMillion(15), statisticalRate: Frequency = .partsPerMillion(15),
    boundStatistical: TimeInterval = .max, boundHard: TimeInterval = .max, offset: TimeInterval = .zero,
    frequency: Frequency = .zero,
    jitter: TimeInterval = .zero, systemSource: SourceID? = nil, era: ClockEra = ClockEra(rawValue: 0),
    taiOffset: Int16? = nil
  ) {
    self.clock = clock
    self.synchronized = synchronized
    self.leap = leap
    self.stratum = stratum
    self.referenceID = referenceID
    self.raw = raw
    self.referenceTime = referenceTime
    self.rootDelay = rootDelay
    self.rootDispersion = rootDispersion
    self.dispersionRate = dispersionRate
    self.statisticalRate = statisticalRate
    self.boundStatistical = boundStatistical
    self.boundHard = boundHard
    self.offset = offset
    self.frequency = frequency
    self.jitter = jitter
    self.systemSource = systemSource
    self.era = era
    self.taiOffset = taiOffset
  }
}
