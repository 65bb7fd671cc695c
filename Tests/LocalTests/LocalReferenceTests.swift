// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Local

@Suite struct LocalReferenceTests {
  static func moment(_ seconds: Int64) -> RawInstant { RawInstant(nanoseconds: seconds * 1_000_000_000) }

  static func sight(_ isSynchronized: Bool, stratum: UInt8 = 3, distance: TimeInterval = .milliseconds(5)) -> ClockSight
  {
    ClockSight(isSynchronized: isSynchronized, stratum: stratum, rootDistance: distance)
  }

  static let nobody = sight(false, stratum: 16, distance: .seconds(100))

  /// One second after the other; what it is then.
  static func run(
    _ reference: inout LocalReference, from: Int64, to: Int64, _ sight: ClockSight?
  ) -> LocalReference.State {
    for second in from...to { _ = reference.take(sight, now: moment(second)) }
    return reference.state
  }

  private func reference(orphan: Bool = false, wait: TimeInterval = .seconds(300)) -> LocalReference {
    var options = LocalOptions()
    (options.isOrphan, options.wait) = (orphan, wait)
    return LocalReference(options, now: Self.moment(0))
  }

  @Test func itWaitsAfterTheStart() {
    var local = reference()
    #expect(Self.run(&local, from: 0, to: 299, Self.nobody) == .waiting(until: Self.moment(300)) && !local.isReady)
    #expect(Self.run(&local, from: 300, to: 300, Self.nobody) == .ready && local.isReady)
  }

  @Test func withoutAWaitItIsReadyAtOnce() {
    var local = reference(wait: .zero)
    #expect(Self.run(&local, from: 0, to: 0, nil) == .ready)
  }

  @Test func realTimeSilencesItAndIsMissedAtOnce() {
    var local = reference()
    #expect(Self.run(&local, from: 0, to: 400, Self.nobody) == .ready)
    #expect(Self.run(&local, from: 401, to: 401, Self.sight(true)) == .idle && !local.isReady)
    #expect(Self.run(&local, from: 402, to: 402, Self.nobody) == .ready)
    var other = reference()
    #expect(Self.run(&other, from: 0, to: 10, Self.sight(true)) == .idle)
    #expect(Self.run(&other, from: 11, to: 11, Self.nobody) == .ready, "it was there, so nothing is to be waited for")
  }

  /// A clock that coasts is synchronized for a day; it stands in when the distance is reached.
  @Test func holdoverEndsAtTheDistance() {
    var local = reference()
    #expect(Self.run(&local, from: 0, to: 10, Self.sight(true, distance: .milliseconds(999))) == .idle)
    #expect(Self.run(&local, from: 11, to: 11, Self.sight(true, distance: .milliseconds(1000))) == .ready)
  }

  @Test func itKnowsWhetherItIsServed() {
    var local = reference(wait: .zero)
    #expect(Self.run(&local, from: 0, to: 1, Self.nobody) == .ready)
    #expect(Self.run(&local, from: 2, to: 2, Self.sight(false, stratum: 10)) == .served && local.isReady)
    #expect(Self.run(&local, from: 3, to: 3, Self.sight(true, stratum: 2)) == .idle)
  }

  /// Who follows the leader is one stratum beyond the orphans', and goes on being ready: it is no real time.
  @Test func anOrphansTimeIsNotReal() {
    var local = reference(orphan: true)
    #expect(Self.run(&local, from: 0, to: 299, Self.sight(true, stratum: 11)) == .waiting(until: Self.moment(300)))
    #expect(Self.run(&local, from: 300, to: 400, Self.sight(true, stratum: 11)) == .ready)
    #expect(Self.run(&local, from: 401, to: 401, Self.sight(true, stratum: 10)) == .idle)
    var alone = reference()
    #expect(
      Self.run(&alone, from: 0, to: 1, Self.sight(true, stratum: 11)) == .idle, "without orphans every time is real")
  }

  @Test func onlyNewsAreNews() {
    var local = reference(wait: .zero)
    let news = [Self.nobody, Self.nobody, Self.sight(true)].enumerated().map {
      local.take($0.element, now: Self.moment(Int64($0.offset)))
    }
    #expect(news == [true, false, true])
  }
}
