// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import NTPClient

/// When requests leave: the interval and its bounds, advice, losses, bursts.
struct PollIntervalTests {
  private func started(addresses: [UInt32] = [], _ change: (inout AssociationOptions) -> Void = { _ in })
    -> AssociationDriver
  {
    var options = AssociationOptions()
    options.iburst = false
    change(&options)
    var driver = AssociationDriver(options)
    for address in addresses { driver.addresses.append(.init(ipv4: address)) }
    driver.start()
    return driver
  }

  /// From each request to the next, in seconds.
  private func gaps(_ driver: AssociationDriver, from first: Int = 0) -> [Double] {
    zip(driver.requests.dropFirst(first), driver.requests.dropFirst(first + 1)).map { ($1.at - $0.at).inSeconds }
  }

  @Test(arguments: [(Int8(4), Int8(4)), (6, 10), (0, 3), (17, 17)])
  func theIntervalIsTwoToThePollAndUpToAThirtySecondShorter(minimum: Int8, maximum: Int8) {
    var driver = started { ($0.minimumPoll, $0.maximumPoll) = (minimum, maximum) }
    driver.run(samples: 200)
    let interval = Double(1 << Int64(minimum))
    let gaps = gaps(driver)
    #expect(gaps.allSatisfy { $0 <= interval && $0 >= interval * 31 / 32 })
    // Spread over that range, not fixed: clients must not fall into step.
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    #expect(abs(mean - interval * 63 / 64) < interval / 32 / 8)
    #expect(driver.samples.allSatisfy { $0.poll == minimum })
  }

  @Test func adviceHoldsWithinTheBounds() {
    var driver = started { ($0.minimumPoll, $0.maximumPoll) = (5, 9) }
    driver.run(samples: 1)
    for (advice, poll): (Int8, Int8) in [(7, 7), (127, 9), (-128, 5), (9, 9), (10, 9), (4, 5)] {
      driver.deliver(.pollAdvised(advice))
      #expect(driver.association.poll == poll)
    }
  }

  @Test func aShorterIntervalCountsAtOnceALongerOneFromTheNextRequest() {
    var driver = started()
    driver.deliver(.pollAdvised(10))
    driver.run(samples: 2)
    let long = driver.requests.count - 1
    driver.deliver(.pollAdvised(6))
    driver.run(samples: 3)
    #expect(gaps(driver, from: long) == [64])
    let before = driver.state.deadline
    driver.deliver(.pollAdvised(10))
    #expect(driver.state.deadline == before)
  }

  @Test func lossesShortenTheIntervalWhereAnotherAddressWaits() {
    var driver = started(addresses: [0xc000_0202])
    driver.run(samples: 1)
    driver.deliver(.pollAdvised(10))
    var polls: [Int8] = []
    for _ in 0..<Int(AssociationLimits.misses) - 1 {
      driver.lose()
      polls.append(driver.association.poll)
    }
    #expect(polls == [10, 10, 9, 8, 7, 6, 6])
    driver.run(samples: 2)
    // The engine does not repeat its advice.
    #expect(driver.association.poll == 10)
  }

  @Test func anotherServerStartsAtTheShortestInterval() {
    var driver = started()
    driver.association = Association(options: driver.association.options)
    driver.addresses.append(.init(ipv4: 0xc000_0202))
    driver.start()
    driver.run(samples: 1)
    driver.deliver(.pollAdvised(10))
    for _ in 0..<Int(AssociationLimits.misses) { driver.lose() }
    driver.run(samples: 2)
    #expect(driver.open == nil && driver.state.candidates.index == 1 && driver.association.poll == 6)
  }

  @Test(arguments: [(Int8(4), 1), (5, 8), (6, 8)])
  func burstsAtEachPollAreForLongIntervals(poll: Int8, requests: Int) {
    var driver = started { ($0.burst, $0.minimumPoll) = (true, poll) }
    // The first poll is iburst's, which is off: one request.
    driver.run(samples: 1 + 2 * requests)
    let spacing = gaps(driver).map { $0 > Double(1 << Int64(poll)) - 15 ? "poll" : "\($0)" }
    let wanted = ["poll"] + Array(repeating: "2.0", count: requests - 1)
    #expect(spacing == wanted + wanted)
  }

  @Test func adviceLeavesABurstAsItIs() {
    var driver = started { ($0.burst, $0.minimumPoll) = (true, 5) }
    driver.run(samples: 4)
    for advice: Int8 in [10, 5, 6] { driver.deliver(.pollAdvised(advice)) }
    driver.run(samples: 1 + Int(AssociationLimits.burst))
    driver.untilRequest()
    #expect(gaps(driver).dropFirst().dropLast().allSatisfy { $0 == 2 } && gaps(driver).last.map { $0 > 48 } == true)
    #expect(driver.samples.dropFirst().allSatisfy { $0.flags.contains(.burst) })
  }

  @Test func anOperatorsPollComesAtOnceButNotCloserThanABurst() {
    var driver = started()
    driver.run(samples: 1)
    let asked = driver.requests.count
    driver.deliver(.pollNow)
    driver.untilRequest()
    #expect(gaps(driver).last == 2 && driver.requests.count == asked + 1)
  }

  @Test func aChangedNetworkEndsThePause() {
    var driver = started()
    for _ in 0..<(2 * Int(AssociationLimits.misses)) { driver.lose() }
    driver.now = driver.now + .seconds(20)
    #expect(driver.state.phase == .waiting && driver.state.deadline.map { $0 > driver.now } == true)
    driver.deliver(.networkChanged)
    #expect(driver.state.deadline == driver.now)
    driver.run(samples: 1)
    // And in the middle of an interval it brings the next request forward.
    driver.now = driver.now + .seconds(20)
    driver.deliver(.networkChanged)
    #expect(driver.state.deadline == driver.now)
  }
}
