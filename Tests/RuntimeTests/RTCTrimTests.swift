// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import Report
import Synchronization
import Testing
import TimeTypes

@testable import LinuxKernel
@testable import Runtime

/// With a battery-backed clock in memory: none of this host is opened, read or set.
@Suite struct RTCTrimTests {
  /// Its time, its host's, and what happens between.
  final class Bench: Sendable {
    struct State {
      /// True time, ns since 1970: a third of a second after a whole one.
      var now: Int64 = 1_795_219_200_333_333_333
      /// The battery-backed clock: what it shows from a moment on.
      var shown: Int64 = 1_795_219_100
      var since: Int64 = 1_795_219_200_000_000_000
      var writes: [(second: Int64, at: Int64)] = []
      var refusal: Int32 = 0
      var isDeaf = false
      /// What each pause takes on top, and so many more of the first ones.
      var delay: Int64 = 40_000
      var slowPauses = 0
    }
    let state = Mutex(State())

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    var calls: RTCCalls {
      RTCCalls(
        read: { _, seconds in
          seconds = self.state.withLock { $0.shown + ($0.now - $0.since) / 1_000_000_000 }
          return 0
        },
        set: { _, second in
          self.state.withLock {
            if $0.refusal != 0 { return $0.refusal }
            $0.writes.append((second, $0.now))
            if !$0.isDeaf { ($0.shown, $0.since) = (second, $0.now) }
            return 0
          }
        })
    }

    func run(_ report: DisciplineReport?, settling: TimeInterval = .zero) -> EventRecord {
      let clock = RTCDevice(FileDescriptor(owning: -1), settling: settling, calls: calls)
      return RTCTrim("/dev/rtc0", clock).run(
        report, now: RawInstant(nanoseconds: 0),
        utc: { TimeInterval(nanoseconds: self.state.withLock { $0.now }) },
        pause: { interval in
          self.change {
            $0.now += interval.nanoseconds + ($0.slowPauses > 0 ? 150_000_000 : $0.delay)
            $0.slowPauses -= 1
          }
        })
    }
  }

  static func report(_ change: (inout DisciplineReport) -> Void = { _ in }) -> DisciplineReport {
    var state = TimeState(clock: .system, synchronized: true)
    state.boundHard = .milliseconds(30)
    var report = DisciplineReport(
      state: state, sanity: EngineSanity.good, steering: EngineSteering.steering, reading: nil, frequency: nil,
      trueError: nil, counters: DisciplineCounters(), eventsDropped: 0, servo: nil)
    change(&report)
    return report
  }

  /// The clock's next second has to begin with a true one, whether it goes on at once or half a second after it was set.
  @Test(arguments: [TimeInterval.zero, .milliseconds(500)])
  func setAtTheBeginningOfASecond(settling: TimeInterval) throws {
    let bench = Bench()
    let event = bench.run(Self.report(), settling: settling)
    #expect(event.number == EventKind.rtcSet.rawValue && event.text.contains("100 s behind"), "\(event.text)")
    let writes = bench.state.withLock { $0.writes }
    #expect(writes.count == 1)
    let write = try #require(writes.first)
    let late = write.at - write.second * 1_000_000_000 - settling.nanoseconds
    #expect(late >= 0 && late < 5_000_000, "\(late)")
  }

  static let refused: [(String, @Sendable (inout DisciplineReport) -> Void)] = [
    ("not steered", { $0.steering = .observing }), ("not steered", { $0.steering = .waiting }),
    ("not steered", { $0.steering = .refused(.observing) }),
    ("not synchronized", { $0.state.synchronized = false }),
    ("far from", { $0.sanity = .suspect(offset: .seconds(9), agreeing: 2, of: 2) }),
    ("may be wrong by", { $0.state.boundHard = .milliseconds(400) }),
    ("may be wrong by", { $0.state.boundHard = .max }),
  ]

  @Test(arguments: 0..<7)
  func leftWhereTheClockIsNotKnownToBeRight(number: Int) {
    let (says, change) = Self.refused[number]
    let bench = Bench()
    let event = bench.run(Self.report(change))
    #expect(event.number == EventKind.rtcLeft.rawValue && event.text.contains(says), "\(event.text)")
    #expect(bench.state.withLock { $0.writes.isEmpty })
  }

  @Test func leftWhereNobodyAnswers() {
    #expect(Bench().run(nil).number == EventKind.rtcLeft.rawValue)
  }

  /// The bound of a clock that has heard nothing for long is not what it was then.
  @Test func theBoundGrows() {
    let report = Self.report { $0.state.dispersionRate = .partsPerMillion(15) }
    #expect(RTCTrim.reason(report, now: RawInstant(nanoseconds: 20_000_000_000_000)) == nil)
    #expect(RTCTrim.reason(report, now: RawInstant(nanoseconds: 30_000_000_000_000)) != nil)
  }

  @Test(arguments: [-3600, 900, 7200, -12 * 3600] as [Int64], [-2, 0, 2] as [Int64])
  func localTimeIsLeft(zone: Int64, beside: Int64) {
    let bench = Bench()
    bench.change { $0.shown = $0.since / 1_000_000_000 + zone + beside }
    let event = bench.run(Self.report())
    #expect(event.number == EventKind.rtcLeft.rawValue && event.text.contains("local time"), "\(event.text)")
    #expect(event.text.contains("off by \(zone / 60) min"), "\(event.text)")
    #expect(bench.state.withLock { $0.writes.isEmpty })
  }

  @Test func aFlatOneIsSet() {
    let bench = Bench()
    bench.change { $0.shown = 0 }
    #expect(bench.run(Self.report()).number == EventKind.rtcSet.rawValue)
  }

  @Test func refusedByTheKernel() {
    let bench = Bench()
    bench.change { $0.refusal = -1 }
    let event = bench.run(Self.report())
    #expect(event.number == EventKind.rtcLeft.rawValue && event.text.contains("cannot set"), "\(event.text)")
  }

  @Test func oneThatDoesNotTakeIt() {
    let bench = Bench()
    bench.change { $0.isDeaf = true }
    #expect(bench.run(Self.report()).text.contains("does not take"))
  }

  @Test(arguments: [-2, -1, 0, 1, 2] as [Int64])
  func whatItWas(ahead: Int64) {
    let bench = Bench()
    bench.change { $0.shown = $0.since / 1_000_000_000 + ahead }
    let says = ahead.magnitude < 2 ? "right to a second" : ahead < 0 ? "2 s behind" : "2 s ahead"
    let text = bench.run(Self.report()).text
    #expect(text.contains(says), "\(text)")
  }

  /// Each second that was missed is one attempt: five slow pauses miss the first, seven the second.
  @Test(arguments: [(0, true), (5, true), (12, true), (.max, false)])
  func aBusyHostNeverWritesLate(slowPauses: Int, isSet: Bool) {
    let bench = Bench()
    bench.change { $0.slowPauses = slowPauses }
    let begin = bench.state.withLock { $0.now }
    let event = bench.run(Self.report())
    let (writes, now) = bench.state.withLock { ($0.writes, $0.now) }
    #expect(writes.allSatisfy { $0.at - $0.second * 1_000_000_000 < 20_000_000 })
    #expect(writes.count == (isSet ? 1 : 0) && now - begin < 4_000_000_000)
    #expect((event.number == EventKind.rtcSet.rawValue) == isSet && (isSet || event.text.contains("busy")))
  }

  /// A host whose clock does not go on is not waited for, and nothing is written before its moment.
  @Test func theMomentIsNeverAnticipated() {
    let bench = Bench()
    bench.change { $0.delay = -1_000_000 }
    #expect(bench.run(Self.report()).number == EventKind.rtcLeft.rawValue)
    #expect(bench.state.withLock { $0.writes.isEmpty })
  }
}
