// SPDX-License-Identifier: Apache-2.0

public import ClockPort
public import TimeTypes

/// A thing that happened inside the engine and that people should know. Numbers and texts are in Report.
public enum EngineEvent: Sendable {
  /// A sample beyond max_pos/neg_phase_correction was refused (TOO_BIG): the whole sample, and the limit in seconds.
  case tooBig(Sample, offset: TimeInterval, limit: TimeInterval)
  /// Every good source is beyond the limit and they agree on that offset: the local clock is suspect.
  case localClockSuspect(offset: TimeInterval, agreeing: UInt8, of: UInt8)
  case systemSourceChanged(SourceID?, stratum: UInt8)
  case synchronized(SourceID)
  /// No longer synchronized, and since when nothing valid arrived.
  case unsynchronized(lastUpdate: RawInstant)
  case falseticker(SourceID, offset: TimeInterval)
  case stepped(by: TimeInterval)
  case clockMoved(by: TimeInterval)
  case clockRefused(ClockError)
  /// Steering works again after a refusal.
  case clockAccepted
  case leapArmed(LeapIndicator)
  /// The engine holds as many sources as it can; this one was not taken.
  case sourceRefused(SourceID, capacity: UInt8)
  /// A source's time jumped and stayed there; its frequency and its path are kept.
  case sourceRestarted(SourceID, offset: TimeInterval)
  /// The clock is no longer suspect: its sources are within the limits again, or an operator forced it.
  case localClockAccepted
  /// Fresh samples say again where the clock should be, after someone else had moved it.
  case revalidated
  /// Somebody else changed the clock's frequency; it is set back.
  case clockFrequencyChanged(Frequency)
  /// A source that smears leap seconds is left out, because others do not.
  case smearingLeftOut(SourceID)
  /// The sources disagree and none is followed; said once until there is a majority again.
  case noMajority
  /// A leap second passed: the reference moved by that much against TAI.
  case leapPassed(by: TimeInterval)
}
