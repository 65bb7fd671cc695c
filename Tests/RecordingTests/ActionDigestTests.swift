// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import Testing
import TimeTypes

@testable import Recording

@Suite struct ActionDigestTests {
  private func digest(_ actions: [Action]) -> UInt64 {
    var digest = ActionDigest()
    for action in actions { digest.add(action) }
    return digest.value
  }

  private var state: TimeState {
    TimeState(clock: .system, synchronized: true, leap: .none, stratum: 2, raw: RawInstant(nanoseconds: 5))
  }

  /// A change of one bit of any field shows, and so does the order.
  @Test func everyFieldCounts() {
    var states: [TimeState] = [state]
    func change(_ edit: (inout TimeState) -> Void) {
      var other = state
      edit(&other)
      states.append(other)
    }
    change { $0.synchronized = false }
    change { $0.leap = .insert }
    change { $0.stratum = 3 }
    change { $0.referenceID = ReferenceID(rawValue: 1) }
    change { $0.raw = RawInstant(nanoseconds: 6) }
    change { $0.referenceTime = TimeInterval(nanoseconds: 0, subnanoseconds: 1) }
    change { $0.rootDelay = TimeInterval(nanoseconds: 1) }
    change { $0.rootDispersion = TimeInterval(nanoseconds: 1) }
    change { $0.dispersionRate = Frequency(ratio: $0.dispersionRate.ratio.nextUp) }
    change { $0.boundStatistical = TimeInterval(nanoseconds: 1) }
    change { $0.boundHard = TimeInterval(nanoseconds: 1) }
    change { $0.offset = TimeInterval(nanoseconds: 0, subnanoseconds: 1) }
    change { $0.frequency = Frequency(ratio: -0.0) }
    change { $0.jitter = TimeInterval(nanoseconds: 1) }
    change { $0.systemSource = SourceID(rawValue: 0) }
    change { $0.era = ClockEra(rawValue: 1) }
    change { $0.taiOffset = 0 }
    // Two signs at once, which a plain product of words would lose.
    change {
      $0.dispersionRate = -$0.dispersionRate
      $0.frequency = Frequency(ratio: -0.0)
    }
    var actions: [Action] = states.map { .publish($0) }
    let source = SourceID(rawValue: 1)
    actions += [
      .adjust(.system, .zero), .adjust(.system, Frequency(ratio: -0.0)), .adjust(ClockID(rawValue: 1), .zero),
      .step(.system, .zero), .step(.system, TimeInterval(nanoseconds: 0, subnanoseconds: 1)),
      .requestPoll(source, poll: 4), .requestPoll(source, poll: 5), .requestPoll(SourceID(rawValue: 2), poll: 4),
      .log(.clockAccepted), .log(.revalidated), .log(.synchronized(source)), .log(.falseticker(source, offset: .zero)),
      .log(.clockRefused(.observing)), .log(.clockRefused(.system(errno: 1))), .log(.clockRefused(.system(errno: 2))),
      .log(.systemSourceChanged(nil, stratum: 1)), .log(.systemSourceChanged(source, stratum: 1)),
      .log(.leapArmed(.insert)), .log(.leapArmed(.delete)), .log(.stepped(by: .zero)), .log(.clockMoved(by: .zero)),
    ]
    for status in [
      ClockStatus(synchronized: true, leap: .none, maximumError: .zero, estimatedError: .zero),
      ClockStatus(synchronized: false, leap: .none, maximumError: .zero, estimatedError: .zero),
      ClockStatus(synchronized: true, leap: .none, maximumError: .seconds(1), estimatedError: .zero),
      ClockStatus(synchronized: true, leap: .none, maximumError: .zero, estimatedError: .zero, taiOffset: 37),
    ] { actions.append(.setStatus(.system, status)) }
    #expect(Set(actions.map { digest([$0]) }).count == actions.count)
    #expect(digest([actions[0], actions[1]]) != digest([actions[1], actions[0]]))
    #expect(digest([]) != digest([actions[0]]))
    #expect(digest(actions) == digest(actions))
  }
}
