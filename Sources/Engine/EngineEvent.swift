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
}
