// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import RTC

@Suite struct RTCWatchTests {
  @Test(arguments: [-412_000_000, 0, 3_200_000_000] as [Int64], [-20_000, 0, 37_000] as [Int64])
  func offsetAndDriftAreMeasured(offset: Int64, drift: Int64) throws {
    var model = RTCModel()
    (model.offset, model.drift, model.isSynchronized) = (offset, drift, true)
    model.run(seconds: 86400)
    let track = try #require(model.watch.track)
    #expect(model.watch.state == .measured)
    let measured = try #require(track.drift)
    #expect(abs(measured.ppm - Double(drift) / 1000) <= measured.error && measured.error < 2)
    let expected = offset + track.span.nanoseconds / 1_000_000_000 * drift
    #expect((track.latest.offset.nanoseconds - expected).magnitude < UInt64(track.latest.error.nanoseconds) + 1_000_000)
    #expect(track.latest.error < .milliseconds(60), "the second's beginning is looked for")
    #expect((125...135).contains(model.watch.measurements), "one in eleven minutes")
    #expect(model.befores == 0)
  }

  /// A flat battery (1970), 2099, an unreadable one, one that stands: what was kept is the only bound, and it still says what it says.
  @Test(arguments: 0..<4)
  func aWrongOneIsNoBoundAndWhatWasKeptIs(kind: Int) {
    let saved = SavedRTC(time: TimeInterval(nanoseconds: RTCModel.begin), isUTC: true, track: nil)
    var model = RTCModel(saved: saved)
    model.clockError = -RTCModel.begin
    let fault: RTCFault
    switch kind {
    case 0:
      model.offset = -RTCModel.begin
      fault = .tooEarly
    case 1:
      model.offset = 4_070_908_800_000_000_000 - RTCModel.begin
      fault = .tooLate
    case 2:
      model.isReadable = false
      fault = .unreadable
    default:
      model.stands = true
      fault = .stopped
    }
    model.run(seconds: 600)
    #expect(model.watch.state == .refused(fault))
    let bound = model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw))
    #expect(bound == TimeInterval(nanoseconds: RTCModel.begin + 600_000_000_000))
    #expect(model.befores == 1, "told once")
  }

  @Test func itIsABoundWhereItIsLaterThanWhatWasKept() throws {
    let track = RTCTrack(
      RTCTrack.Point(
        time: TimeInterval(nanoseconds: RTCModel.begin - 240 * RTCModel.hour), offset: .seconds(2),
        error: .milliseconds(50)))
    let saved = SavedRTC(time: track.latest.time, isUTC: true, track: track)
    var model = RTCModel(saved: saved)
    model.offset = 2_000_000_000
    // The clock begins where it was when the host went off.
    model.clockError = -240 * RTCModel.hour
    model.run(seconds: 5)
    #expect(model.watch.state == .bounding && model.befores == 1)
    let bound = try #require(model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw)))
    let behind = model.now - bound.nanoseconds
    #expect(behind >= 0 && behind < 300_000_000_000, "ten days at 200 ppm at most")
  }

  /// At shutdown many hosts set it, right or not at all; both have to be borne, whichever side it was off.
  @Test(arguments: [-300, 300] as [Int64], [true, false])
  func setWhileNobodyLooked(seconds: Int64, wasSet: Bool) throws {
    let last = RTCTrack.Point(
      time: TimeInterval(nanoseconds: RTCModel.begin - RTCModel.hour), offset: .seconds(seconds),
      error: .milliseconds(50))
    let saved = SavedRTC(
      time: TimeInterval(nanoseconds: RTCModel.begin - RTCModel.hour / 60), isUTC: true,
      track: RTCTrack(last: last, drift: nil))
    var model = RTCModel(saved: saved)
    model.offset = wasSet ? 0 : seconds * 1_000_000_000
    model.run(seconds: 5)
    #expect(model.watch.state == .bounding && model.befores == 0)
    let bound = try #require(model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw)))
    #expect(bound.nanoseconds <= model.now + 60_000_000_000 && bound >= saved.time)
  }

  @Test func neverMeasuredItIsABoundButForAZone() throws {
    var model = RTCModel()
    model.offset = 14 * RTCModel.hour
    model.run(seconds: 5)
    let bound = try #require(model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw)))
    #expect(bound.nanoseconds <= model.now && model.befores == 0)
    model = RTCModel()
    model.clockError = -24 * RTCModel.hour
    model.run(seconds: 5)
    #expect(model.befores == 1)
  }

  @Test func aFlatBatterysYearIsBeforeWhatWasKept() {
    let saved = SavedRTC(time: TimeInterval(nanoseconds: RTCModel.begin), isUTC: true, track: nil)
    var model = RTCModel(saved: saved)
    model.offset = -400 * 24 * RTCModel.hour
    model.run(seconds: 5)
    #expect(model.watch.state == .refused(.beforeSaved))
  }

  /// Real time that begins before what has been is told of, and then believed: it is what others agree on.
  @Test func realTimeBeforeWhatHasBeen() throws {
    let saved = SavedRTC(time: TimeInterval(nanoseconds: RTCModel.begin), isUTC: true, track: nil)
    var model = RTCModel(saved: saved)
    (model.truth, model.isSynchronized) = (RTCModel.begin - 50 * RTCModel.hour, true)
    model.run(seconds: 3000)
    #expect(model.befores == 1)
    #expect(model.saved.map { $0.time < saved.time } == true)
    let bound = try #require(model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw)))
    #expect(bound.nanoseconds <= model.now && bound < saved.time)
  }

  @Test(arguments: [-12 * 3600, -3600, -900, 3600, 20700, 14 * 3600] as [Int64])
  func localTimeIsSuspected(seconds: Int64) {
    var model = RTCModel()
    (model.offset, model.isSynchronized) = (seconds * 1_000_000_000 + 1_500_000_000, true)
    model.run(seconds: 5)
    guard case .refused(.localTime) = model.watch.state else {
      Issue.record("\(model.watch.state)")
      return
    }
    #expect(model.watch.track == nil && model.saved?.track == nil && model.watch.text.contains("local time"))
    #expect(model.watch.text.contains("off by \(seconds / 60) min"), "\(model.watch.text)")
  }

  @Test func localTimeAsConfigured() throws {
    var model = RTCModel { $0.isUTC = false }
    (model.offset, model.drift, model.isSynchronized) = (2 * RTCModel.hour - 700_000_000, -25_000, true)
    model.run(seconds: 86400)
    let track = try #require(model.watch.track)
    #expect((try #require(track.base).offset.nanoseconds + 700_000_000).magnitude < 60_000_000)
    #expect(try #require(track.drift).ppm < -20)
    #expect(model.saved?.isUTC == false)
    model = RTCModel { $0.isUTC = false }
    model.run(seconds: 5)
    #expect(model.watch.lowerBound(at: RawInstant(nanoseconds: model.raw)) == nil, "local time bounds nothing")
    let kept = SavedRTC(time: track.latest.time, isUTC: true, track: track)
    #expect(RTCModel(saved: kept).watch.track == track)
    #expect(RTCModel({ $0.isUTC = false }, saved: kept).watch.track == nil, "measured as UTC, it says nothing now")
  }

  @Test func whoSetsItIsToldOf() throws {
    var model = RTCModel()
    model.isSynchronized = true
    model.run(seconds: 7200)
    #expect(!model.actions.contains(.wasSet) && model.watch.track?.drift != nil)
    model.offset = 5_000_000_000
    model.run(seconds: 700)
    #expect(model.actions.contains(.wasSet) && model.watch.track?.span == .zero)
    #expect(model.watch.track?.drift != nil, "the one before it was set is the best that is known")
  }

  @Test func itComesBack() {
    var model = RTCModel()
    (model.isReadable, model.isSynchronized) = (false, true)
    model.run(seconds: 3000)
    #expect(model.actions.filter { $0 == .changed }.count == 1)
    #expect(model.saved != nil, "the time is kept all the same")
    model.isReadable = true
    model.run(seconds: 700)
    #expect(model.watch.state == .measured && model.actions.filter { $0 == .changed }.count == 2)
  }
}
