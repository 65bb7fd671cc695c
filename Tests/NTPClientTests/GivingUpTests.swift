// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import NTPClient

/// When a server is given up, and what comes after ([MS-SNTP] note 8).
struct GivingUpTests {
  private static let misses = Int(AssociationLimits.misses)

  private func started(_ options: AssociationOptions, addresses: [UInt32] = []) -> AssociationDriver {
    var driver = AssociationDriver(options)
    for address in addresses { driver.addresses.append(SocketAddress(ipv4: address)) }
    driver.start()
    return driver
  }

  private func plain() -> AssociationOptions {
    var options = AssociationOptions()
    options.iburst = false
    return options
  }

  @Test func aReplyStartsTheCountAnew() {
    var driver = started(plain())
    for round in 1...4 {
      for _ in 1..<Self.misses { driver.lose() }
      driver.run(samples: round)
    }
    #expect(driver.state.phase == .waiting && driver.lookups == 1)
    #expect(driver.notices == [.reachable])
  }

  @Test func losingAServerIsSaidOnce() {
    var driver = started(plain())
    driver.run(samples: 1)
    #expect(driver.state.reach == 1)
    for _ in 0..<Self.misses { driver.lose() }
    let said: [AssociationNotice] = [.reachable, .unreachable, .silent(longest: .seconds(1024))]
    #expect(driver.notices == said)
    for _ in 0..<(3 * Self.misses) { driver.lose() }
    #expect(driver.notices == said)
    // And once more when it came back and went again.
    driver.run(samples: 2)
    for _ in 0..<Self.misses { driver.lose() }
    #expect(driver.notices == said + said)
  }

  @Test func eachAddressHasItsTurnThenOneProbeAtATime() {
    let addresses: [UInt32] = [0xc000_0201, 0xc000_0202, 0xc000_0203]
    var driver = started(plain(), addresses: Array(addresses.dropFirst()))
    for address in addresses {
      for _ in 0..<Self.misses {
        driver.untilRequest()
        #expect(driver.open?.peer == SocketAddress(ipv4: address, port: 123))
        driver.step()
      }
    }
    #expect(driver.notices == [.dropped(pause: .zero), .dropped(pause: .zero), .silent(longest: .seconds(1024))])
    #expect(driver.lookups == 2 && driver.serverChanges == 4)
    // Nobody rests: one probe, to the next address each time, after an interval that doubles up to the longest.
    let first = driver.requests.count
    for probe in 0..<9 {
      driver.untilRequest()
      #expect(driver.open?.peer == SocketAddress(ipv4: addresses[probe % 3], port: 123))
      driver.step()
    }
    #expect(driver.requests.count == first + 9 && driver.notices.count == 3)
    let gaps = zip(driver.requests.dropFirst(first - 1), driver.requests.dropFirst(first)).map {
      ($1.at - $0.at).inSeconds
    }
    for (gap, interval) in zip(gaps, [64, 128, 256, 512, 1024, 1024, 1024, 1024, 1024]) {
      #expect(gap >= Double(interval) && gap <= Double(interval) * 33 / 32)
    }
    // The name has moved meanwhile: a server that nobody asked yet.
    driver.addresses = AddressList()
    driver.addresses.append(SocketAddress(ipv4: 0xc000_0209))
    for _ in 0..<addresses.count { driver.lose() }
    driver.untilRequest()
    #expect(driver.open?.peer == SocketAddress(ipv4: 0xc000_0209, port: 123) && driver.association.poll == 6)
  }

  @Test func atMostFourAddressesOfAnAnswerAreUsed() {
    var driver = started(plain(), addresses: (2...10).map { 0xc000_0200 + $0 })
    for _ in 0..<(6 * Self.misses) { driver.lose() }
    #expect(
      Set(driver.requests.map(\.request.peer)) == Set((1...4).map { SocketAddress(ipv4: 0xc000_0200 + $0, port: 123) }))
  }

  @Test func aServerThatAnswersIsKeptHoweverUseless() {
    var driver = started(plain())
    for _ in 0..<(5 * Self.misses) {
      driver.untilRequest()
      var bytes = driver.reply()
      bytes[0] |= 0xc0
      driver.arrive(bytes)
      driver.step()
    }
    #expect(driver.notices.isEmpty && driver.samples.isEmpty && driver.lookups == 1)
    #expect(driver.association.counters[.unsynchronized] == UInt32(5 * Self.misses))
  }

  @Test func whatOthersSendDoesNotKeepADeadServer() {
    var driver = started(plain())
    for _ in 0..<Self.misses {
      driver.untilRequest()
      var bytes = driver.reply()
      bytes[31] ^= 1
      driver.arrive(bytes)
      driver.step()
    }
    #expect(driver.notices == [.silent(longest: .seconds(1024))])
  }

  @Test func failedLookUpsPauseUpToTheFirstRetry() {
    var options = AssociationOptions()
    options.firstRetry = .seconds(100)
    var driver = AssociationDriver(options)
    driver.deliver(.start)
    var pauses: [TimeInterval] = []
    for _ in 0..<12 {
      driver.deliver(.notResolved)
      pauses.append((driver.state.deadline ?? driver.now) - driver.now)
      driver.now = driver.state.deadline ?? driver.now
      driver.deliver(.deadline)
      #expect(driver.state.phase == .resolving)
    }
    #expect(pauses == ([2, 4, 8, 16, 32, 64] + Array(repeating: 100, count: 6)).map { .seconds($0) })
    driver.resolve()
    #expect(driver.notices == [.nameNotResolved(pause: .seconds(2)), .nameResolved])
    #expect(driver.lookups == 13 && driver.state.phase == .waiting)
  }

  @Test func aResolverThatNeverAnswersCountsAsFailed() {
    var driver = AssociationDriver()
    driver.deliver(.start)
    #expect(driver.state.deadline == driver.now + AssociationLimits.lookup)
    driver.now = driver.now + AssociationLimits.lookup
    driver.deliver(.deadline)
    #expect(driver.notices == [.nameNotResolved(pause: .seconds(2))])
    // Its answer may come too late: nothing is asked of it before the next look-up.
    driver.resolve()
    #expect(driver.state.phase == .resting && driver.state.candidates.isEmpty)
  }

  @Test func oldAddressesServeWhileTheResolverFails() {
    var driver = started(plain())
    for _ in 1..<Self.misses { driver.lose() }
    driver.untilRequest()
    driver.now = driver.state.deadline ?? driver.now
    driver.deliver(.deadline)
    #expect(driver.state.phase == .resolving)
    driver.deliver(.notResolved)
    driver.untilRequest()
    #expect(driver.open?.peer == SocketAddress(ipv4: 0xc000_0201, port: 123))
    driver.answer()
    #expect(driver.samples.count == 1)
  }

  @Test func aHostWithoutANetworkBlamesNoServer() {
    var driver = started(plain())
    driver.isCutOff = true
    var pauses: [TimeInterval] = []
    for _ in 0..<10 {
      while driver.requests.count == pauses.count { driver.step() }
      pauses.append((driver.state.deadline ?? driver.now) - driver.now)
    }
    #expect(pauses == ([2, 4, 8, 16, 32] + Array(repeating: 64, count: 5)).map { .seconds($0) })
    #expect(driver.notices.isEmpty && driver.state.drops == 0)
    driver.isCutOff = false
    driver.run(samples: 1)
    #expect(driver.samples.count == 1)
  }
}
