// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import NTPClient

/// Bad input: each refused packet is counted by its reason and leaves the association as it was.
struct RejectionTests {
  /// An association with a request out.
  private func asking(_ options: AssociationOptions = AssociationOptions(), seed: UInt64 = 1) -> AssociationDriver {
    var driver = AssociationDriver(options, seed: seed)
    driver.start()
    driver.untilRequest()
    return driver
  }

  private func arrived(_ driver: inout AssociationDriver) {
    driver.now = driver.now + AssociationDriver.oneWay + AssociationDriver.turnaround + AssociationDriver.oneWay
  }

  struct Case: Sendable, CustomStringConvertible {
    var reason: Rejection
    var description: String
    var spoil: @Sendable (inout [UInt8]) -> Void
  }

  static let cases: [Case] = [
    Case(reason: .wrongVersion, description: "version 0") { $0[0] = $0[0] & 0xc7 },
    Case(reason: .wrongVersion, description: "version 2") { $0[0] = $0[0] & 0xc7 | 2 << 3 },
    Case(reason: .wrongVersion, description: "version 5") { $0[0] = $0[0] & 0xc7 | 5 << 3 },
    Case(reason: .wrongMode, description: "symmetric active") { $0[0] = $0[0] & 0xf8 | 1 },
    Case(reason: .wrongMode, description: "client") { $0[0] = $0[0] & 0xf8 | 3 },
    Case(reason: .wrongMode, description: "broadcast") { $0[0] = $0[0] & 0xf8 | 5 },
    Case(reason: .wrongMode, description: "control") { $0[0] = $0[0] & 0xf8 | 6 },
    Case(reason: .zeroOrigin, description: "zero origin") { $0.put(UInt64(0), at: 24) },
    Case(reason: .wrongOrigin, description: "origin + 1") { $0.put($0.timestamp(at: 24) &+ 1, at: 24) },
    Case(reason: .kissCode, description: "kiss STEP") {
      $0[1] = 0
      $0.put(UInt32(0x5354_4550), at: 12)
    },
    Case(reason: .zeroTimestamp, description: "zero receive") { $0.put(UInt64(0), at: 32) },
    Case(reason: .zeroTimestamp, description: "zero transmit") { $0.put(UInt64(0), at: 40) },
    Case(reason: .unsynchronized, description: "stratum 16") { $0[1] = 16 },
    Case(reason: .unsynchronized, description: "stratum 255") { $0[1] = 255 },
    Case(reason: .unsynchronized, description: "leap 3") { $0[0] |= 0xc0 },
    Case(reason: .timeOrder, description: "transmit before receive") { $0.put($0.timestamp(at: 32) &- 1, at: 40) },
    Case(reason: .rootDistance, description: "root delay 32 s") { $0.put(UInt32(32 << 16), at: 4) },
    Case(reason: .rootDistance, description: "root dispersion 16 s") { $0.put(UInt32(16 << 16), at: 8) },
    Case(reason: .rootDistance, description: "largest root fields") {
      $0.put(UInt32.max, at: 4)
      $0.put(UInt32.max, at: 8)
    },
    Case(reason: .referenceTime, description: "reference after transmit") { $0.put($0.timestamp(at: 40) &+ 1, at: 16) },
    Case(reason: .referenceTime, description: "reference two days old") {
      $0.put($0.timestamp(at: 40) &- (172_800 << 32), at: 16)
    },
    Case(reason: .loop, description: "synchronized to us") { $0.put(UInt32(0xc000_0264), at: 12) },
    Case(reason: .delay, description: "turnaround longer than the round trip") {
      $0.put($0.timestamp(at: 40) &+ (1 << 32), at: 40)
    },
  ]

  @Test(arguments: cases)
  func aBadReplyChangesNothing(_ bad: Case) {
    var driver = asking()
    let good = driver.reply()
    var bytes = good
    bad.spoil(&bytes)
    arrived(&driver)
    let before = driver.state
    driver.receive(bytes)
    #expect(driver.state == before && driver.state.hashValue == before.hashValue)
    #expect(driver.association.counters[bad.reason] == 1)
    #expect(driver.association.counters.rejected == 1)
    #expect(driver.samples.isEmpty && driver.notices.isEmpty && driver.closed.isEmpty)
    // The true reply, later, is believed all the same.
    driver.receive(good)
    #expect(driver.samples.count == 1)
  }

  @Test func everyReasonHasACaseOrATestOfItsOwn() {
    let others: Set<Rejection> = [.interleaving, .malformed, .duplicate, .stale, .frozen, .unexpected]
    // `AuthenticationTests` has those.
    let unproven = Rejection.allCases.filter(\.isUnproven)
    #expect(Set(Self.cases.map(\.reason)).union(others).union(unproven) == Set(Rejection.allCases))
    #expect(Rejection.allCases.allSatisfy { !$0.isUnproven || !$0.isAuthentic })
    #expect(Set(Rejection.allCases.map(\.text)).count == Rejection.allCases.count)
  }

  @Test func randomBytesOfEveryLength() {
    var driver = asking(seed: 20)
    var generator = SeededGenerator(seed: 21)
    let before = driver.state
    for length in 0...1500 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      driver.receive(bytes)
      #expect(driver.state == before, "length \(length)")
    }
    let counters = driver.association.counters
    #expect(counters.rejected == 1501)
    #expect(Rejection.allCases.reduce(0) { $0 + counters[$1] } == counters.rejected)
    #expect(counters[.malformed] == 48)
    driver.answer()
    #expect(driver.samples.count == 1)
  }

  @Test func truncatedReplies() {
    var driver = asking()
    let good = driver.reply()
    arrived(&driver)
    let before = driver.state
    for length in 0..<48 {
      driver.receive(Array(good.prefix(length)))
      #expect(driver.state == before)
    }
    #expect(driver.association.counters[.malformed] == 48)
  }

  @Test func bitFlippedReplies() {
    let original = asking()
    let good = original.reply()
    for bit in 0..<(48 * 8) {
      var driver = original
      var bytes = good
      bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      arrived(&driver)
      let before = driver.state
      driver.receive(bytes)
      if driver.samples.isEmpty {
        #expect(driver.state == before, "bit \(bit)")
        #expect(driver.association.counters.rejected == 1)
      } else {
        #expect(driver.samples.count == 1 && !(24..<32).contains(bit / 8), "bit \(bit) of the origin was not looked at")
      }
    }
  }

  @Test func aSecondCopyIsADuplicate() {
    var driver = asking()
    let bytes = driver.reply()
    let socket = driver.open!.socket
    arrived(&driver)
    driver.receive(bytes)
    #expect(driver.samples.count == 1)
    let before = driver.state
    for _ in 0..<10 { driver.receive(bytes, socket: socket) }
    #expect(driver.state == before && driver.samples.count == 1)
    #expect(driver.association.counters[.duplicate] == 10)
    // And after the next request, to that one's socket.
    driver.untilRequest()
    let asking = driver.state
    driver.receive(bytes)
    #expect(driver.state == asking && driver.association.counters[.duplicate] == 11)
  }

  @Test func aCopyThatComesWhileTheReplyWaitsIsADuplicate() {
    var driver = AssociationDriver()
    driver.stampsDepartures = false
    driver.start()
    driver.untilRequest()
    let bytes = driver.reply()
    arrived(&driver)
    driver.receive(bytes)
    let before = driver.state
    #expect(before.reply != nil)
    driver.receive(bytes)
    #expect(driver.state == before && driver.association.counters[.duplicate] == 1)
  }

  @Test func aReplyToARequestThatWasGivenUpIsStale() {
    var driver = asking()
    let late = driver.reply()
    driver.step()
    #expect(driver.open == nil)
    driver.untilRequest()
    let before = driver.state
    driver.receive(late)
    #expect(driver.state == before && driver.association.counters[.stale] == 1 && driver.samples.isEmpty)
  }

  @Test func withoutARequestNothingIsExpected() {
    var driver = asking()
    driver.answer()
    let before = driver.state
    var bytes = driver.replyBytes(version: 4, origin: 99, received: 1 << 32, transmitted: 1 << 32)
    driver.receive(bytes, socket: 1)
    bytes.put(UInt64(1), at: 24)
    driver.receive(bytes, socket: 0)
    #expect(driver.state == before && driver.association.counters[.unexpected] == 2)
  }

  @Test func aClockThatStandsStillIsSeen() {
    var driver = asking()
    let first = driver.reply()
    arrived(&driver)
    driver.receive(first)
    driver.untilRequest()
    var second = first
    second.put(driver.open!.nonce, at: 24)
    arrived(&driver)
    let before = driver.state
    driver.receive(second)
    #expect(driver.state == before && driver.association.counters[.frozen] == 1 && driver.samples.count == 1)
  }

  @Test func aReplyOnAnotherSocketIsRefused() {
    var driver = asking()
    let bytes = driver.reply()
    arrived(&driver)
    let before = driver.state
    driver.receive(bytes, socket: driver.open!.socket + 1)
    #expect(driver.state == before && driver.association.counters[.unexpected] == 1)
  }

  @Test func reliableSourcesMayCallThemselvesUnsynchronized() {
    var options = AssociationOptions()
    options.reliable = true
    var driver = asking(options)
    var bytes = driver.reply()
    bytes[0] |= 0xc0
    bytes[1] = 5
    bytes.put(UInt64(1 << 32), at: 16)
    arrived(&driver)
    driver.receive(bytes)
    #expect(driver.samples.count == 1)
    #expect(driver.samples[0].flags.contains(.reliable) && driver.samples[0].leap == .unsynchronized)
    // Stratum 16 is no time even so.
    driver.untilRequest()
    bytes = driver.reply()
    bytes[1] = 16
    arrived(&driver)
    driver.receive(bytes)
    #expect(driver.samples.count == 1 && driver.association.counters[.unsynchronized] == 1)
  }

  @Test func anAnswerOfVersion3IsTaken() {
    var options = AssociationOptions()
    options.version = 3
    var driver = asking(options)
    #expect(driver.open?.version == 3)
    var bytes = driver.reply()
    bytes[0] = 4 << 3 | 4
    arrived(&driver)
    driver.receive(bytes)
    #expect(driver.samples.isEmpty && driver.association.counters[.wrongVersion] == 1)
    bytes[0] = 3 << 3 | 4
    driver.receive(bytes)
    #expect(driver.samples.count == 1)
  }

  @Test func aRoundTripBeyondTheLimitIsRefused() {
    var options = AssociationOptions()
    options.maximumDelay = .microseconds(500)
    var driver = asking(options)
    let bytes = driver.reply()
    driver.now = driver.now + .microseconds(300)
    // Round trip 300 µs − turnaround 40 µs: fits.
    var twin = driver
    twin.receive(bytes)
    #expect(twin.samples.count == 1)
    driver.now = driver.now + .microseconds(250)
    let before = driver.state
    driver.receive(bytes)
    #expect(driver.samples.isEmpty && driver.state == before && driver.association.counters[.delay] == 1)
  }
}
