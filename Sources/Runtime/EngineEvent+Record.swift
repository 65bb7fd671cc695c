// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import Report
import TimeTypes

extension EngineEvent {
  /// The event in words, for the event log. `name` tells a source's name and who sent for it.
  func record(naming name: (SourceID) -> String) -> EventRecord {
    switch self {
    case .tooBig(let sample, let offset, let limit):
      let limitText = limit == .max ? "no limit" : IntervalText.seconds(limit)
      return EventRecord(
        .sampleTooBig, source: name(sample.source),
        text: "a sample of \(name(sample.source)) asks for \(IntervalText.signed(offset)), beyond the limit of \(limitText): "
          + "refused, the clock does not move",
        details: sample.details + [
          EventDetail("offset_ns", .integer(offset.nanoseconds)), EventDetail("limit_ns", .integer(limit.nanoseconds)),
        ])
    case .localClockSuspect(let offset, let agreeing, let of):
      return EventRecord(
        .localClockSuspect,
        text: "local clock suspect: \(agreeing) of \(of) sources agree on \(IntervalText.signed(offset)); "
          + "`tompion resync --force` accepts their time",
        details: [
          EventDetail("offset_ns", .integer(offset.nanoseconds)), EventDetail("agreeing", .integer(Int64(agreeing))),
          EventDetail("of", .integer(Int64(of))),
        ])
    case .systemSourceChanged(let source?, let stratum):
      return EventRecord(
        .sourceChosen, source: name(source), text: "now following \(name(source)), at stratum \(stratum)",
        details: [EventDetail("stratum", .integer(Int64(stratum)))])
    case .systemSourceChanged(nil, _):
      return EventRecord(.noSourceAccessible, text: "no source is fit to be followed now")
    case .synchronized(let source):
      return EventRecord(.synchronized, source: name(source), text: "synchronized to \(name(source))")
    case .unsynchronized:
      return EventRecord(.unsynchronized, text: "no longer synchronized")
    case .falseticker(let source, let offset):
      return EventRecord(
        .falseticker, source: name(source),
        text: "\(name(source)) disagrees with the majority, by \(IntervalText.signed(offset))",
        details: [EventDetail("offset_ns", .integer(offset.nanoseconds))])
    case .stepped(let interval):
      return EventRecord(
        .clockStepped, text: "stepped the clock by \(IntervalText.signed(interval))",
        details: [EventDetail("step_ns", .integer(interval.nanoseconds))])
    case .clockMoved(let interval):
      return EventRecord(
        .clockMoved,
        text: "somebody else moved the clock by \(IntervalText.signed(interval)); unsynchronized until sources confirm the time",
        details: [EventDetail("moved_ns", .integer(interval.nanoseconds))])
    case .clockRefused(let error):
      return EventRecord(.steeringRefused, text: error.sentence)
    case .clockAccepted:
      return EventRecord(.steeringResumed, text: "the kernel accepts changes of the clock again")
    case .leapArmed(let leap):
      let text =
        switch leap {
        case .insert: "a leap second is inserted at the end of this UTC day"
        case .delete: "a second is left out at the end of this UTC day"
        case .none, .unsynchronized: "no leap second is armed"
        }
      return EventRecord(.leapArmed, text: text)
    }
  }
}

extension ClockError {
  /// What it means for the operator, with the remedy.
  var sentence: String {
    switch self {
    case .notPermitted:
      "the kernel refuses to change the clock: CAP_SYS_TIME is missing; start tompiond as root or with that capability, "
        + "or set clock.steer = false to only watch"
    case .invalidValue: "the kernel refuses the value for the clock (EINVAL)"
    case .unsupported: "this clock cannot be changed (it is gone, or has no such function)"
    case .observing: "observe mode: nothing is applied to the clock (clock.steer = false)"
    case .system(let errno): "the kernel refuses to change the clock (errno \(errno))"
    }
  }
}

extension Sample {
  /// All that the sample says, for machines.
  fileprivate var details: [EventDetail] {
    [
      EventDetail("source_id", .integer(Int64(source.rawValue))), EventDetail("sequence", .integer(Int64(sequence))),
      EventDetail("local_ns", .integer(localNanoseconds)), EventDetail("reference_ns", .integer(referenceNanoseconds)),
      EventDetail("raw_ns", .integer(rawNanoseconds)), EventDetail("delay_ns", .integer(delayNanoseconds)),
      EventDetail("dispersion_ns", .integer(Int64(clamping: dispersionNanoseconds))),
      EventDetail("root_delay_ns", .integer(Int64(clamping: rootDelayNanoseconds))),
      EventDetail("root_dispersion_ns", .integer(Int64(clamping: rootDispersionNanoseconds))),
      EventDetail("turnaround_ns", .integer(turnaroundNanoseconds)), EventDetail("era", .integer(Int64(era.rawValue))),
      EventDetail("reference_id", .integer(Int64(referenceID.rawValue))), EventDetail("stratum", .integer(Int64(stratum))),
      EventDetail("leap", .integer(Int64(leap.rawValue))), EventDetail("precision", .integer(Int64(precision))),
      EventDetail("poll", .integer(Int64(poll))), EventDetail("receive_kind", .integer(Int64(receiveKind.rawValue))),
      EventDetail("transmit_kind", .integer(Int64(transmitKind.rawValue))),
      EventDetail("flags", .integer(Int64(flags.rawValue))),
    ]
  }
}
