// SPDX-License-Identifier: Apache-2.0

package import ClockPort
package import Engine
package import Report
package import TimeTypes

extension EngineEvent {
  /// The event in words, for the event log: the same from the daemon and from the simulator. `name` tells a source's name.
  package func record(now: RawInstant, naming name: (SourceID) -> String) -> EventRecord {
    switch self {
    case .tooBig(let sample, let offset, let limit):
      .tooBig(sample, offset: offset, limit: limit, source: name(sample.source))
    case .localClockSuspect(let offset, let agreeing, let of): .suspect(offset: offset, agreeing: agreeing, of: of)
    case .systemSourceChanged(let source, let stratum): .sourceChosen(source.map(name), stratum: stratum)
    case .synchronized(let source): .synchronized(to: name(source))
    case .unsynchronized(let lastUpdate):
      .unsynchronized(age: lastUpdate.nanoseconds == 0 ? nil : now - lastUpdate)
    case .falseticker(let source, let offset): .falseticker(name(source), offset: offset)
    case .stepped(let interval): .stepped(by: interval)
    case .clockMoved(let interval): .clockMoved(by: interval)
    case .clockRefused(let error): .steeringRefused(reason: error.sentence)
    case .clockAccepted: .steeringResumed()
    case .leapArmed(let leap): .leapArmed(leap)
    case .sourceRefused(let source, let capacity):
      EventRecord(
        .sourceRefused, source: name(source),
        text: "\(name(source)) is not used: the engine holds \(capacity) sources, and all places are taken")
    case .sourceRestarted(let source, let offset):
      EventRecord(
        .sourceRestarted, source: name(source),
        text:
          "the time of \(name(source)) jumped by \(Quantity.offset(offset)) and stayed there; it is followed from there on"
      )
    case .localClockAccepted: EventRecord(.sanityCleared, text: "the sanity gate accepts samples again")
    case .revalidated: EventRecord(.revalidated, text: "fresh samples confirm where the clock should be")
    case .clockFrequencyChanged(let frequency):
      EventRecord(
        .clockFrequencyMoved,
        text: "somebody else set the clock's frequency to \(Quantity.frequency(frequency)); it is set back")
    case .smearingLeftOut(let source):
      EventRecord(
        .smearingLeftOut, source: name(source),
        text:
          "\(name(source)) smears leap seconds and other sources do not: it is left out, for the two are never mixed")
    case .noMajority:
      EventRecord(
        .noMajority, text: "the sources disagree and no majority of them can be found: none of them is followed")
    case .leapPassed(let interval):
      EventRecord(.leapPassed, text: "a leap second passed: UTC moved by \(Quantity.offset(interval)) against TAI")
    }
  }
}

extension ClockError {
  /// What it means for the operator, with the remedy.
  package var sentence: String {
    switch self {
    case .notPermitted:
      "CAP_SYS_TIME is missing: start tompiond as root or with that capability, or set clock.steer = false to only watch"
    case .invalidValue: "the kernel refuses the value for the clock (EINVAL)"
    case .unsupported: "this clock cannot be changed (it is gone, or has no such function)"
    case .observing: "nothing is applied to the clock (clock.steer = false)"
    case .system(let errno): "the kernel refuses to change the clock (errno \(errno))"
    }
  }
}
