// SPDX-License-Identifier: Apache-2.0

import ReferenceWire
import Testing
import TimeTypes

@testable import GNSS

/// What other programs are told of a sample.
@Suite struct FeedSampleTests {
  static let second = ReceiverDriver.second

  private func made(
    reference: Int64, dispersion: UInt64 = 1000, isPulse: Bool = true, isFraction: Bool = false,
    leap: LeapIndicator = .none
  ) -> ReceiverSample {
    ReceiverSample(
      stamp: ReceiverDriver().stamp(ReceiverDriver.today), reference: TimeInterval(nanoseconds: reference),
      dispersion: dispersion, leap: leap, precision: -17, poll: 0, taiOffset: nil, isPulse: isPulse,
      isFraction: isFraction)
  }

  @Test func aWholeMoment() throws {
    let here = ReceiverDriver.today + 250_000_123
    let sample = try #require(FeedSample(made(reference: here + 731_456, leap: .delete), realtime: here))
    #expect(sample.datagram == SocketSample(local: here, offset: 731_456, isPulse: false, leap: 2))
    let segment = SharedMemorySegment(clock: here + 731_456, receive: here, leap: 2, precision: -17)
    #expect(sample.segment == segment)
    // It may be hours off: that is for whoever reads it to judge.
    let far = try #require(FeedSample(made(reference: here - 3600 * Self.second), realtime: here))
    #expect(far.datagram.offset == -3600 * Self.second)
  }

  /// The second is not told: the offset is to the nearest one, either side, and memory has no word for that.
  @Test func aFraction() throws {
    let here = ReceiverDriver.today
    for (apart, told) in [
      (Self.second + 5000, 5000), (Self.second - 5000, -5000), (-Self.second - 5000, -5000),
      (-Self.second + 5000, 5000), (37 * Self.second - 400_000_000, -400_000_000),
    ] as [(Int64, Int64)] {
      let sample = try #require(FeedSample(made(reference: here + apart, isFraction: true), realtime: here))
      #expect(sample.datagram == SocketSample(local: here, offset: told, isPulse: true), "\(apart)")
      #expect(sample.segment == nil)
    }
  }

  @Test func whatNobodyKnowsTheDelayOfIsNotPassedOn() {
    let here = ReceiverDriver.today
    let unknown = made(reference: here, dispersion: Receiver.nothingKnown + 5, isPulse: false)
    #expect(FeedSample(unknown, realtime: here) == nil)
    #expect(FeedSample(made(reference: here, dispersion: 2_000_000, isPulse: false), realtime: here) != nil)
  }

  /// By the raw time, wherever the disciplined clock is: here 0.25 s ahead and 30 ppm fast of CLOCK_REALTIME.
  @Test func realtimeOfAStamp() {
    func ours(_ realtime: Int64) -> Stamp {
      let raw = realtime - ReceiverDriver.today
      return Stamp(
        clock: .system, kind: .user, era: ClockEra(rawValue: 0),
        time: TimeInterval(nanoseconds: realtime + 250_000_000 + raw * 30 / 1_000_000),
        raw: RawInstant(nanoseconds: raw))
    }
    let moment = ReceiverDriver.today + 1000 * Self.second + 77
    #expect(FeedSample.realtime(of: ours(moment), ours: { ours($0) }) == moment)
    var asked = 0
    let own = ReceiverDriver().stamp(moment)
    let found = FeedSample.realtime(of: own) {
      asked += 1
      return ReceiverDriver().stamp($0)
    }
    #expect(found == moment && asked == 1, "the clock is CLOCK_REALTIME: asked once")
    #expect(FeedSample.realtime(of: own, ours: { _ in nil }) == nil)
    // An answer that goes on changing is none.
    #expect(FeedSample.realtime(of: own, ours: { _ in ReceiverDriver().stamp(moment - Self.second) }) == nil)
  }
}
