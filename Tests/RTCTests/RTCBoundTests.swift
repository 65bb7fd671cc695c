// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import RTC

/// How far the bound may be from the truth, and what is told of a clock before it.
@Suite struct RTCBoundTests {
  static func saved(track: Bool = false) -> SavedRTC {
    let time = TimeInterval(nanoseconds: RTCModel.begin)
    let last = RTCTrack.Point(time: time, offset: .zero, error: .milliseconds(50))
    return SavedRTC(time: time, isUTC: true, track: track ? RTCTrack(last: last, drift: nil) : nil)
  }

  /// A measured clock may be a minute behind what was kept, one that was never measured as far as a time zone reaches.
  @Test(
    arguments: [
      (true, 30, false), (true, 7200, true), (false, 14 * 3600, false), (false, 16 * 3600, true),
    ] as [(Bool, Int64, Bool)])
  func soFarBehindIsBorne(isMeasured: Bool, behind: Int64, isRefused: Bool) {
    var model = RTCModel(saved: Self.saved(track: isMeasured))
    model.offset = -behind * 1_000_000_000
    model.run(seconds: 5)
    #expect(model.watch.state == (isRefused ? .refused(.beforeSaved) : .bounding))
  }

  /// Wherever in a second it begins, and never by more than the search's error.
  @Test(arguments: 0..<10)
  func aSecondIsNotKnownBetterThanItWasFound(tenth: Int64) throws {
    var model = RTCModel()
    model.truth += tenth * 10_000_000
    model.run(seconds: 5)
    let bound = try #require(model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw)))
    let behind = model.now - (bound + RTCWatch.unmeasured).nanoseconds
    #expect((0...110_000_000).contains(behind), "\(behind)")
  }

  /// What the disciplined clock itself may be off by is part of each figure.
  @Test func theClocksOwnErrorCounts() throws {
    var model = RTCModel()
    (model.isSynchronized, model.bound, model.clockError) = (true, .milliseconds(200), 200_000_000)
    model.run(seconds: 5)
    let latest = try #require(model.watch.track).latest
    #expect(latest.error > .milliseconds(200))
    #expect(try #require(model.saved).time <= latest.time - .milliseconds(200))
    let bound = try #require(model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw)))
    #expect(bound.nanoseconds <= model.now)
  }

  /// A minute is nothing, neither the counter beside the clock nor a drift is exact; nor is what the clock says of itself.
  @Test(
    arguments: [(30_000, false, 0), (90_000, false, 1), (60_100, true, 0), (60_300, true, 1)] as [(Int64, Bool, Int)])
  func soFarBeforeIsTold(milliseconds: Int64, isReal: Bool, befores: Int) {
    var model = RTCModel(saved: Self.saved())
    (model.clockError, model.isReadable) = (-milliseconds * 1_000_000, false)
    (model.isSynchronized, model.bound) = (isReal, .milliseconds(200))
    model.run(seconds: 5)
    #expect(model.befores == befores)
  }

  @Test func eachTimeIsTold() {
    var model = RTCModel(saved: Self.saved())
    for error in [-90, 0, -90] as [Int64] {
      model.clockError = error * 1_000_000_000
      model.run(seconds: 200)
    }
    #expect(model.befores == 2)
  }

  /// Without real time a look each 64 s, or oftener where that is wished.
  @Test(arguments: [(660, 9...11), (60, 10...12)] as [(Int64, ClosedRange<UInt32>)])
  func itIsLookedAt(interval: Int64, looks: ClosedRange<UInt32>) {
    var model = RTCModel { $0.interval = .seconds(interval) }
    model.run(seconds: 640)
    #expect(looks.contains(model.watch.looks), "\(model.watch.looks)")
  }
}
