// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import NTPClient

/// The start-up round: gaps that grow, losses that are made up for, advice that takes nothing away.
struct RoundTests {
  /// The gaps of a round that nothing shortens, in seconds.
  private static let ladder: [Double] = [2, 2, 2, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32]

  /// More requests than any round may have.
  private static let bound = 40

  private static let polls: [Int8] = [0, 1, 2, 3, 4, 5, 6, 10]

  private static func seconds(_ poll: Int8) -> Double { Double(1 << Int64(poll)) }

  /// The gaps at that poll interval: as far as they stay below it, or the interval itself where it is no longer than the first.
  private static func ladder(poll: Int8) -> [Double] {
    let interval = seconds(poll)
    return interval <= 2 ? ladder.map { _ in interval } : Array(ladder.prefix { $0 < interval })
  }

  private func started(_ minimum: Int8, _ maximum: Int8) -> AssociationDriver {
    var options = AssociationOptions()
    (options.minimumPoll, options.maximumPoll) = (minimum, maximum)
    var driver = AssociationDriver(options)
    driver.start()
    return driver
  }

  private func gaps(_ driver: AssociationDriver) -> [Double] {
    zip(driver.requests, driver.requests.dropFirst()).map { ($1.at - $0.at).inSeconds }
  }

  /// Plays on until the round is over and the request after it is out.
  private func finish(_ driver: inout AssociationDriver) {
    driver.untilRequest()
    for _ in 0..<Self.bound where driver.state.reach >> 1 == 0 {
      driver.answer()
      driver.untilRequest()
    }
  }

  /// The last gap is that of polling: the interval, up to a thirty-second shorter.
  private func expectPolling(_ driver: AssociationDriver, _ poll: Int8, _ what: String = "") {
    let interval = Self.seconds(poll)
    let last = gaps(driver).last ?? 0
    #expect(last <= interval && last >= interval * 31 / 32, "\(what): \(gaps(driver))")
  }

  @Test(arguments: polls)
  func theGapsGrowUpToThePollInterval(poll: Int8) {
    let ladder = Self.ladder(poll: poll)
    var driver = started(poll, poll)
    finish(&driver)
    #expect(gaps(driver).dropLast() == ladder[...])
    expectPolling(driver, poll)
    driver.run(samples: ladder.count + 3)
    #expect(driver.samples.map { $0.flags.contains(.burst) } == ladder.map { _ in true } + [true, false, false])
    // The round is one poll of the reach register.
    #expect(driver.state.reach == 0b111)
  }

  @Test func sixteenRepliesSpanTheirGaps() {
    var driver = started(6, 10)
    driver.run(samples: Int(AssociationLimits.startUp))
    #expect(!driver.state.round.goesOn && driver.requests.count == Self.ladder.count + 1)
    #expect(driver.requests.last.map { $0.at - driver.requests[0].at } == .seconds(156))
  }

  @Test func withoutIburstThereIsNone() {
    var options = AssociationOptions()
    options.iburst = false
    var driver = AssociationDriver(options)
    driver.start()
    driver.run(samples: 2)
    expectPolling(driver, 6)
    #expect(driver.samples.allSatisfy { !$0.flags.contains(.burst) })
  }

  @Test(arguments: [Int8(0), 4, 6, 10])
  func aLostReplyIsAskedForAgainAtTheGapOfItsPlace(poll: Int8) {
    let ladder = Self.ladder(poll: poll)
    for place in ladder.indices {
      for lost in 1...Int(AssociationLimits.burstRetries) {
        var driver = started(poll, poll)
        driver.run(samples: place + 1)
        for _ in 0..<lost { driver.lose() }
        finish(&driver)
        var wanted = ladder
        wanted.insert(contentsOf: repeatElement(ladder[place], count: lost), at: place)
        #expect(gaps(driver).dropLast() == wanted[...], "\(lost) lost at \(place)")
        #expect(driver.samples.count == ladder.count + 1)
        expectPolling(driver, poll, "\(lost) lost at \(place)")
      }
    }
  }

  @Test(arguments: [Int8(0), 4, 6, 10])
  func theFirstReplyMayBeLostTwice(poll: Int8) {
    let ladder = Self.ladder(poll: poll)
    var driver = started(poll, poll)
    for _ in 1..<AssociationLimits.burstAttempts { driver.lose() }
    finish(&driver)
    #expect(gaps(driver).dropLast() == [ladder[0], ladder[0]] + ladder)
    #expect(driver.samples.count == ladder.count + 1)
  }

  @Test(arguments: [Int8(0), 4, 6, 10])
  func aDeadServerGetsThreeRequestsOnceThenOneAPoll(poll: Int8) {
    let ladder = Self.ladder(poll: poll)
    let attempts = Int(AssociationLimits.burstAttempts)
    var driver = started(poll, poll)
    for _ in 0..<attempts { driver.lose() }
    #expect(driver.state.unanswered == 1 && driver.requests.count == attempts)
    #expect(gaps(driver).allSatisfy { $0 == ladder[0] })
    for probe in 1...Int(AssociationLimits.misses) {
      driver.lose()
      #expect(driver.state.unanswered == 1 + probe && driver.requests.count == attempts + probe)
      let gap = gaps(driver).last ?? 0
      #expect(gap >= Self.seconds(poll) && gap <= Self.seconds(poll) * 33 / 32)
    }
    // Its first reply, to a probe, is the first of the round.
    driver.untilRequest()
    let probes = driver.requests.count
    finish(&driver)
    #expect(Array(gaps(driver).dropFirst(probes - 1).dropLast()) == ladder)
    #expect(driver.samples.count == ladder.count + 1 && driver.samples.allSatisfy { $0.flags.contains(.burst) })
  }

  @Test(arguments: [Int8(0), 4, 6, 10])
  func aRoundEndsWhenTooManyAreLost(poll: Int8) {
    let ladder = Self.ladder(poll: poll)
    for replies in 1...ladder.count {
      // In a row no more are lost than the retries and the one that should have come.
      let most = replies + Int(AssociationLimits.burstRetries) + 1
      var driver = started(poll, poll)
      driver.run(samples: replies)
      for _ in replies..<most { driver.lose() }
      #expect(!driver.state.round.goesOn && driver.requests.count == most && driver.state.phase == .waiting)
      driver.untilRequest()
      let wanted = Array(ladder.prefix(replies - 1)) + Array(repeating: ladder[replies - 1], count: most - replies)
      #expect(gaps(driver).dropLast() == wanted[...], "\(replies) replies")
      expectPolling(driver, poll, "\(replies) replies")
    }
  }

  @Test(arguments: [Int8(0), 4, 6, 10])
  func whateverIsLostTheHeadwayIsKept(poll: Int8) {
    let ladder = Self.ladder(poll: poll)
    var generator = SeededGenerator(seed: 42 &+ UInt64(poll))
    for _ in 0..<200 {
      var driver = started(poll, poll)
      driver.run(samples: 1)
      for _ in 0..<Self.bound where driver.state.round.goesOn {
        let place = min(Int(driver.state.round.received), ladder.count) - 1
        if Bool.random(using: &generator) { driver.lose() } else { driver.run(samples: driver.samples.count + 1) }
        #expect(gaps(driver).last == ladder[place])
      }
      #expect(driver.requests.count <= ladder.count + 1 + Int(AssociationLimits.burstRetries))
      #expect(gaps(driver).allSatisfy { $0 >= min(2, Self.seconds(poll)) })
    }
  }

  // MARK: Advice in the middle

  /// As many replies as the longer interval wants; each gap by the interval in force, the one that is running by the shorter.
  @Test(arguments: polls, polls)
  func adviceNeverCutsTheRoundShort(first: Int8, second: Int8) {
    let (before, after) = (Self.ladder(poll: first), Self.ladder(poll: second))
    for isAwaiting in [true, false] {
      for place in 0..<(isAwaiting ? before.count + 1 : before.count) {
        var driver = started(min(first, second), 10)
        driver.deliver(.pollAdvised(first))
        driver.run(samples: isAwaiting ? place : place + 1)
        if isAwaiting { driver.untilRequest() }
        driver.deliver(.pollAdvised(second))
        finish(&driver)
        let wanted = (0..<max(before.count, after.count)).map {
          let poll = $0 < place ? first : $0 > place || isAwaiting ? second : min(first, second)
          return min(Self.ladder[$0], Self.seconds(poll))
        }
        let what = "at place \(place), awaiting: \(isAwaiting)"
        #expect(gaps(driver).dropLast() == wanted[...], "\(what)")
        #expect(driver.samples.count == wanted.count + 1, "\(what)")
        #expect(driver.samples.allSatisfy { $0.flags.contains(.burst) }, "\(what)")
        expectPolling(driver, second, what)
      }
    }
  }

  @Test func adviceToAndFroTakesNothingAway() {
    for replies in 1..<Self.ladder(poll: 4).count {
      var driver = started(0, 10)
      driver.deliver(.pollAdvised(4))
      driver.run(samples: replies)
      for advice: Int8 in [10, 0, 4] { driver.deliver(.pollAdvised(advice)) }
      driver.run(samples: Int(AssociationLimits.startUp))
      #expect(driver.samples.count == Self.ladder.count + 1 && driver.samples.allSatisfy { $0.flags.contains(.burst) })
    }
  }

  @Test func aShorterIntervalBringsTheNextReplyForward() {
    var driver = started(3, 10)
    driver.deliver(.pollAdvised(10))
    driver.run(samples: Self.ladder.count)
    let last = driver.requests.last?.at ?? driver.now
    #expect(driver.state.deadline == last + .seconds(32))
    driver.deliver(.pollAdvised(4))
    #expect(driver.state.deadline == last + .seconds(16))
    // Once its moment is past it is due at once.
    driver.now = last + .seconds(10)
    driver.deliver(.pollAdvised(3))
    #expect(driver.state.deadline == driver.now)
  }

  @Test func adviceAfterTheEndOpensNothing() {
    var driver = started(4, 10)
    driver.run(samples: Self.ladder(poll: 4).count + 1)
    driver.deliver(.pollAdvised(10))
    finish(&driver)
    #expect(driver.state.round.wanted == 1 && driver.state.reach == 0b10)
    // Nor when losses ended it.
    driver = started(4, 10)
    driver.run(samples: 1)
    for _ in 0..<Self.bound where driver.state.round.goesOn { driver.lose() }
    let asked = driver.requests.count
    driver.deliver(.pollAdvised(10))
    driver.untilRequest()
    #expect(driver.requests.count == asked + 1 && driver.state.round.wanted == 1)
  }

  @Test func theLastRequestOfARoundMayStillBecomeTheMiddleOfALongerOne() {
    var driver = started(4, 10)
    driver.run(samples: Self.ladder(poll: 4).count)
    for _ in 0..<AssociationLimits.burstRetries { driver.lose() }
    driver.untilRequest()
    #expect(!driver.state.round.goesOn)
    driver.deliver(.pollAdvised(10))
    driver.run(samples: Int(AssociationLimits.startUp))
    #expect(driver.samples.count == Self.ladder.count + 1 && driver.samples.allSatisfy { $0.flags.contains(.burst) })
  }
}
