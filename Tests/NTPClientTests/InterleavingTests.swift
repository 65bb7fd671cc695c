// SPDX-License-Identifier: Apache-2.0

import NTPClient
import NTPWire
import TestSupport
import Testing
import TimeTypes

/// The interleaved mode (RFC 9769): what the client asks, what it believes, and when it goes back to the basic mode.
@Suite struct InterleavingTests {
  /// A server that stamps its replies too early by what they wait in its queue, and knows afterwards when they left.
  private struct ModelServer {
    enum Mode { case basic, interleaved }
    var mode = Mode.interleaved
    /// Receive timestamp → when that reply left, as the driver's raw time.
    var left: [UInt64: RawInstant] = [:]
    var remembers = true

    /// The reply to the open request, sent after `queue`; arrival is `driver`'s to arrange.
    mutating func reply(_ driver: AssociationDriver, queue: TimeInterval) -> (bytes: [UInt8], arrival: RawInstant) {
      guard let request = driver.open else { return ([], driver.now) }
      let received = driver.now + AssociationDriver.oneWay
      let written = received + AssociationDriver.turnaround
      let sent = written + queue
      let receive = driver.serverTimestamp(at: received) | 1
      var origin = request.nonce
      var transmit = driver.serverTimestamp(at: written) & ~1
      if mode == .interleaved, request.interleavedNonce != 0, let before = left[request.origin.rawValue] {
        origin = request.interleavedNonce
        transmit = driver.serverTimestamp(at: before) & ~1
      }
      if remembers { left[receive] = sent }
      let bytes = driver.replyBytes(
        version: 4, origin: origin, received: receive, transmitted: transmit)
      return (bytes, sent + AssociationDriver.oneWay)
    }
  }

  private static var options: AssociationOptions {
    var options = AssociationOptions()
    options.interleaved = true
    options.iburst = false
    options.minimumPoll = 4
    options.maximumPoll = 4
    return options
  }

  private func exchange(
    _ driver: inout AssociationDriver, _ server: inout ModelServer, queue: TimeInterval = .microseconds(500)
  ) {
    driver.untilRequest()
    let reply = server.reply(driver, queue: queue)
    driver.now = reply.arrival
    driver.receive(reply.bytes)
  }

  /// How far a sample is from the truth, ns.
  private func error(_ sample: Sample, _ driver: AssociationDriver) -> Double {
    (sample.offset - driver.serverOffset).inNanoseconds
  }

  @Test func aServersQueueNoLongerFalsifiesTheOffset() {
    var driver = AssociationDriver(Self.options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<10 { exchange(&driver, &server) }
    #expect(driver.state.interleaving.isInUse)
    #expect(driver.notices.contains(.interleaving(true)))
    // The first reply is of the basic mode: half of the queue is in its offset. The second tells of the same exchange, so that it makes no
    // sample; from the third on each is right.
    #expect(driver.samples.count == 9)
    #expect(abs(error(driver.samples[0], driver) - -250_000) < 2)
    for sample in driver.samples.dropFirst() {
      #expect(abs(error(sample, driver)) < 2)
      #expect(abs(sample.delayNanoseconds - 2 * AssociationDriver.oneWay.nanoseconds) < 2)
    }
    // Samples are of moments in their order, one poll interval apart.
    for (a, b) in zip(driver.samples, driver.samples.dropFirst()) {
      #expect(b.rawNanoseconds > a.rawNanoseconds)
    }
    #expect(driver.state.reach == 0xff)
  }

  @Test func requestsNameTheReplyBeforeAndHaveTwoNonces() {
    var driver = AssociationDriver(Self.options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<5 { exchange(&driver, &server) }
    let requests = driver.requests.map(\.request)
    #expect(requests[0].origin.isZero && requests[0].interleavedNonce == 0)
    for request in requests.dropFirst() {
      #expect(server.left[request.origin.rawValue] != nil)
      #expect(request.interleavedNonce != 0 && request.interleavedNonce != request.nonce)
    }
    #expect(Set(requests.flatMap { [$0.nonce, $0.interleavedNonce] }).count == 10, "and the zero of the first")
  }

  @Test func withoutTheSettingNothingIsAsked() {
    var options = Self.options
    options.interleaved = false
    var driver = AssociationDriver(options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<5 { exchange(&driver, &server) }
    #expect(driver.requests.allSatisfy { $0.request.origin.isZero && $0.request.interleavedNonce == 0 })
    #expect(driver.samples.count == 5)
  }

  @Test func aServerThatKnowsNoInterleavingIsAskedNowAndThen() {
    var driver = AssociationDriver(Self.options)
    var server = ModelServer(mode: .basic)
    driver.start()
    for _ in 0..<45 { exchange(&driver, &server) }
    #expect(driver.samples.count == 45, "no reply is lost by asking")
    #expect(!driver.state.interleaving.isInUse && driver.notices.allSatisfy { $0 != .interleaving(true) })
    let asked = driver.requests.filter { $0.request.interleavedNonce != 0 }.count
    #expect(asked == 12, "4, a rest of 16, 4, a rest of 16, 4")
  }

  @Test func aServerThatForgetsIsFollowedInBasicMode() {
    var driver = AssociationDriver(Self.options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<5 { exchange(&driver, &server) }
    let before = driver.samples.count
    server.left = [:]
    server.remembers = false
    exchange(&driver, &server)
    #expect(driver.samples.count == before + 1)
    #expect(abs(error(driver.samples[before], driver) - -250_000) < 2, "a basic reply measures itself")
    for _ in 0..<5 { exchange(&driver, &server) }
    #expect(driver.notices.last == .interleaving(false))
    #expect(driver.samples.count == before + 6)
    server.remembers = true
    for _ in 0..<20 { exchange(&driver, &server) }
    #expect(driver.state.interleaving.isInUse, "it is tried again")
  }

  @Test func lostRepliesEndInBasicMode() {
    var driver = AssociationDriver(Self.options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<5 { exchange(&driver, &server) }
    for _ in 0..<4 { driver.lose() }
    #expect(driver.notices.contains(.interleaving(false)))
    driver.untilRequest()
    #expect(driver.open?.interleavedNonce == 0)
  }

  @Test func anExchangeLongAgoIsNotWaitedFor() {
    var options = Self.options
    options.minimumPoll = 8
    options.maximumPoll = 8
    var driver = AssociationDriver(options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<6 { exchange(&driver, &server) }
    #expect(driver.samples.count == 6)
    #expect(driver.requests.allSatisfy { $0.request.interleavedNonce == 0 })
  }

  @Test func aStepOfTheLocalClockBetweenTheTwoRepliesFalsifiesNothing() {
    var driver = AssociationDriver(Self.options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<4 { exchange(&driver, &server) }
    let era = driver.era
    // The exchange was measured by the clock before the step, and its sample says so.
    driver.clock = driver.clock + .seconds(5)
    driver.serverOffset = driver.serverOffset - .seconds(5)
    driver.era = era.next
    exchange(&driver, &server)
    #expect(driver.samples.last?.era == era)
    #expect(abs(error(driver.samples[driver.samples.count - 1], driver) - 5e9) < 2)
    exchange(&driver, &server)
    #expect(driver.samples.last?.era == era.next)
    #expect(abs(error(driver.samples[driver.samples.count - 1], driver)) < 2)
  }

  /// The timestamps of a reply that a wrong or hostile server may send in the interleaved form; the client has to refuse them all.
  @Test(arguments: ["before", "after", "long", "same", "zero"])
  func timestampsOfNoOneExchangeAreRefused(kind: String) throws {
    var driver = AssociationDriver(Self.options)
    var server = ModelServer()
    driver.start()
    for _ in 0..<3 { exchange(&driver, &server) }
    driver.untilRequest()
    let request = try #require(driver.open)
    let state = driver.state
    let received = driver.serverTimestamp(at: driver.now + AssociationDriver.oneWay)
    let origin = request.origin.rawValue
    let bytes: [UInt8] =
      switch kind {
      // It left before its request came.
      case "before":
        driver.replyBytes(version: 4, origin: request.interleavedNonce, received: received, transmitted: origin &- 100)
      // It left after this request came.
      case "after":
        driver.replyBytes(
          version: 4, origin: request.interleavedNonce, received: received, transmitted: received &+ 100)
      // It was held for two seconds.
      case "long":
        driver.replyBytes(
          version: 4, origin: request.interleavedNonce, received: received, transmitted: origin &+ 2 << 32)
      // A copy of what was told before.
      case "same":
        driver.replyBytes(version: 4, origin: request.interleavedNonce, received: origin, transmitted: origin)
      default:
        driver.replyBytes(version: 4, origin: request.interleavedNonce, received: received, transmitted: 0)
      }
    driver.receive(bytes)
    #expect(driver.state == state, "a refused packet changes nothing")
    #expect(driver.association.counters.rejected == 1)
    // The true reply is still welcome.
    let samples = driver.samples.count
    let reply = server.reply(driver, queue: .microseconds(20))
    driver.now = reply.arrival
    driver.receive(reply.bytes)
    #expect(driver.samples.count == samples + 1)
  }

  /// Losses, copies, late replies, servers that change their mind, steps of the server's memory: every sample is of one exchange.
  @Test(arguments: UInt64(1)...20)
  func everySampleIsOfOneExchange(seed: UInt64) {
    var driver = AssociationDriver(Self.options, seed: seed)
    var chance = SeededGenerator(seed: seed &* 77)
    var server = ModelServer()
    var old: [[UInt8]] = []
    driver.start()
    for _ in 0..<400 {
      driver.untilRequest()
      server.mode = chance.uniform() < 0.2 ? .basic : .interleaved
      server.remembers = chance.uniform() < 0.9
      if chance.uniform() < 0.02 { server.left = [:] }
      // Under a millisecond, so that a basic sample is off by half of that at most, and a mixed one by a poll interval.
      let reply = server.reply(driver, queue: .microseconds(Int64(chance.uniform() * 900)))
      if chance.uniform() < 0.3, let copy = old.randomElement(using: &chance) { driver.receive(copy) }
      if chance.uniform() < 0.15 {
        driver.step()
        continue
      }
      driver.now = reply.arrival
      driver.receive(reply.bytes)
      if chance.uniform() < 0.3 { driver.receive(reply.bytes) }
      old.append(reply.bytes)
    }
    #expect(driver.samples.count > 150)
    for sample in driver.samples {
      #expect(abs(error(sample, driver)) <= 451_000)
      #expect(sample.delayNanoseconds >= 0 && sample.delayNanoseconds < 2_000_000)
    }
    for (a, b) in zip(driver.samples, driver.samples.dropFirst()) {
      #expect(b.rawNanoseconds > a.rawNanoseconds)
    }
  }
}
