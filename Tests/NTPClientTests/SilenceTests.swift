// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import NTPClient

/// A server that is merely silent, with no other address to go to: polling goes on, politely.
struct SilenceTests {
  private static let misses = Int(AssociationLimits.misses)

  private static let bounds: [(Int8, Int8)] = [(0, 6), (2, 2), (3, 10), (4, 4), (4, 10), (6, 6), (6, 10), (10, 10)]

  private func started(_ minimum: Int8 = 6, _ maximum: Int8 = 10, iburst: Bool = true) -> AssociationDriver {
    var options = AssociationOptions()
    (options.minimumPoll, options.maximumPoll, options.iburst) = (minimum, maximum, iburst)
    var driver = AssociationDriver(options)
    driver.start()
    return driver
  }

  private func gaps(_ driver: AssociationDriver, from first: Int = 0) -> [Double] {
    zip(driver.requests.dropFirst(first), driver.requests.dropFirst(first + 1)).map { ($1.at - $0.at).inSeconds }
  }

  /// When chrony asks a server that never answers, seconds after the first request (ntp_core.c: eight requests of iburst up to 2 s and a
  /// quarter of the interval apart; each miss from the second on adds a share of a power of two, at most to maxpoll).
  private static func chrony(_ minimum: Int8, _ maximum: Int8, from poll: Int8, burst: Int, count: Int) -> [Double] {
    var (times, time, poll, score) = ([Double](), 0.0, poll, 0.0)
    for request in 1...count {
      times.append(time)
      if request >= 2 { score += 0.25 }
      if score >= 1 { (poll, score) = (min(maximum, poll + 1), score - 1) }
      let interval = Double(1 << Int64(poll))
      time += request < burst ? min(2, interval / 4) : interval
    }
    return times
  }

  @Test(arguments: bounds, [true, false])
  func noRequestComesBeforeTheSameOneOfChrony(bounds: (Int8, Int8), iburst: Bool) {
    var driver = started(bounds.0, bounds.1, iburst: iburst)
    for _ in 0..<400 { driver.lose() }
    let theirs = Self.chrony(bounds.0, bounds.1, from: bounds.0, burst: iburst ? 8 : 0, count: 400)
    for (index, request) in driver.requests.enumerated() {
      #expect((request.at - driver.requests[0].at).inSeconds >= theirs[index], "request \(index + 1) at \(bounds)")
    }
  }

  @Test(arguments: bounds)
  func norAfterItDied(bounds: (Int8, Int8)) {
    for poll in bounds.0...bounds.1 {
      var driver = started(bounds.0, bounds.1, iburst: false)
      driver.deliver(.pollAdvised(poll))
      driver.run(samples: 3)
      let answered = driver.requests.count
      for _ in 0..<400 { driver.lose() }
      let theirs = Self.chrony(bounds.0, bounds.1, from: poll, burst: 0, count: 400)
      let dead = driver.requests.dropFirst(answered)
      for (time, request) in zip(theirs, dead) {
        #expect((request.at - dead[answered].at).inSeconds >= time, "from \(poll) at \(bounds)")
      }
    }
  }

  @Test(arguments: [(Int8(4), Int8(4)), (6, 10)])
  func theIntervalDoublesUpToTheLongest(minimum: Int8, maximum: Int8) {
    var driver = started(minimum, maximum, iburst: false)
    driver.run(samples: 1)
    for _ in 0..<(3 * Self.misses) { driver.lose() }
    let doublings: [Int8] = [0, 0, 0, 0, 1, 1, 1, 2, 3] + Array(repeating: 4, count: 3 * Self.misses - 10)
    for (gap, doubled) in zip(gaps(driver, from: 1), doublings) {
      let interval = Double(1 << Int64(min(minimum + doubled, maximum)))
      #expect(gap >= interval && gap <= interval * 33 / 32)
    }
    #expect(driver.state.phase == .waiting && driver.lookups == 4)
  }

  @Test func aShortSilenceLeavesEverythingAsItWas() {
    var driver = started(4, 4)
    driver.run(samples: 30)
    driver.deliver(.pollAdvised(4))
    while driver.now < (driver.state.lastReply ?? driver.now) + .seconds(3500) { driver.lose() }
    let lost = driver.requests.count
    driver.run(samples: 35)
    #expect(driver.requests.count == lost + 5 && driver.serverChanges == 1)
    #expect(driver.samples.suffix(5).allSatisfy { !$0.flags.contains(.burst) })
    #expect(gaps(driver, from: lost).allSatisfy { $0 <= 16 } && driver.state.isReachable)
  }

  @Test func anHourOfSilenceEndsInAStartUpRound() {
    var driver = started()
    driver.run(samples: 20)
    while driver.now < (driver.state.lastReply ?? driver.now) + AssociationLimits.longSilence { driver.lose() }
    let lost = driver.requests.count
    driver.run(samples: 20 + Int(AssociationLimits.startUp))
    #expect(driver.samples.suffix(Int(AssociationLimits.startUp)).allSatisfy { $0.flags.contains(.burst) })
    #expect(gaps(driver, from: lost).prefix(4) == [2, 2, 2, 2] && driver.serverChanges == 1)
    driver.run(samples: driver.samples.count + 1)
    #expect(driver.samples.last?.flags.contains(.burst) == false && driver.association.poll == 6)
  }

  @Test func aReplyBringsTheAdvisedIntervalBack() {
    var driver = started(iburst: false)
    driver.run(samples: 1)
    driver.deliver(.pollAdvised(8))
    for _ in 0..<Self.misses { driver.lose() }
    #expect(driver.association.poll == 10)
    // Advice meanwhile does not bring a silent server more requests.
    driver.deliver(.pollAdvised(7))
    #expect(driver.association.poll == 9)
    driver.run(samples: 2)
    #expect(driver.association.poll == 7 && driver.samples.last?.poll == 7)
  }

  @Test func threeOfFourExchangesLost() {
    var driver = started(4, 4)
    var generator = SeededGenerator(seed: 7)
    let begin = driver.now
    while driver.now < begin + .seconds(60_000) {
      driver.untilRequest()
      if UInt8.random(in: 0..<4, using: &generator) == 0 { driver.answer() } else { driver.step() }
    }
    #expect(driver.serverChanges == 1)
    // A request each interval, and a quarter of them answered: within five deviations.
    let requests = 60_000.0 / 16.5
    #expect(Double(driver.requests.count) > requests)
    #expect(Double(driver.samples.count) > requests / 4 - 5 * (requests * 3 / 16).squareRoot())
    #expect(driver.samples.dropFirst(16).allSatisfy { !$0.flags.contains(.burst) })
  }

  @Test func afterARefusalSilenceIsNotMere() {
    var driver = started(iburst: false)
    driver.untilRequest()
    var kiss = [UInt8](repeating: 0, count: 48)
    kiss[0] = 0xe4
    kiss.put(UInt32(0x4445_4e59), at: 12)
    kiss.put(driver.open?.nonce ?? 0, at: 24)
    driver.receive(kiss)
    for _ in 0..<Self.misses { driver.lose() }
    #expect(driver.state.phase == .resting && driver.notices.last == .dropped(pause: .seconds(1800)))
    driver.run(samples: 1)
    for _ in 0..<Self.misses { driver.lose() }
    #expect(driver.notices.last == .silent(longest: .seconds(1024)))
  }
}
