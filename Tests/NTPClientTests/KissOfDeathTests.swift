// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import Testing
import TimeTypes

@testable import NTPClient

/// Kiss codes (RFC 5905, section 7.4): only the server that was asked can slow a client down or send it away, and never for ever.
struct KissOfDeathTests {
  private func asking(_ options: AssociationOptions = AssociationOptions(), addresses: [UInt32] = [])
    -> AssociationDriver
  {
    var driver = AssociationDriver(options)
    for address in addresses { driver.addresses.append(SocketAddress(ipv4: address)) }
    driver.start()
    driver.untilRequest()
    return driver
  }

  private func kiss(_ code: KissCode, origin: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 48)
    bytes[0] = 0xe4
    bytes.put(code.rawValue, at: 12)
    bytes.put(origin, at: 24)
    return bytes
  }

  @Test(arguments: [KissCode.rate, .deny, .restrict])
  func aForgedKissChangesNothing(code: KissCode) {
    var driver = asking()
    let nonce = driver.open?.nonce ?? 0
    let before = driver.state
    for forged in [nonce &+ 1, nonce ^ 1 << 63, nonce.byteSwapped] { driver.receive(kiss(code, origin: forged)) }
    driver.receive(kiss(code, origin: nonce), socket: (driver.open?.socket ?? 0) + 1)
    driver.receive(kiss(code, origin: 0))
    #expect(driver.state == before && driver.notices.isEmpty && driver.association.counters.kisses == 0)
    #expect(driver.association.counters[.wrongOrigin] == 3 && driver.association.counters.rejected == 5)
    driver.answer()
    #expect(driver.samples.count == 1)
  }

  @Test func aThousandRatesStayWithinBoundsAndDropNothing() {
    var options = AssociationOptions()
    (options.minimumPoll, options.maximumPoll) = (4, 9)
    var driver = asking(options)
    for _ in 0..<1000 {
      driver.untilRequest()
      driver.receive(kiss(.rate, origin: driver.open?.nonce ?? 0))
      #expect((5...9).contains(driver.association.poll))
    }
    #expect(driver.association.counters.kisses == 1000)
    #expect(driver.notices == (5...9).map { .slowedDown(poll: $0) })
    // A kiss ends a burst, so there was one request a poll, and none sooner than the interval allows.
    #expect(driver.requests.count == 1000 && driver.lookups == 1 && driver.samples.isEmpty)
    for (one, next) in zip(driver.requests.dropFirst(5), driver.requests.dropFirst(6)) {
      #expect((496...512).contains((next.at - one.at).inSeconds))
    }
    #expect(driver.closed.count == 1000)
  }

  @Test func aWishForASlowerRateIsForgottenByGoodReplies() {
    var options = AssociationOptions()
    options.iburst = false
    var driver = asking(options)
    for _ in 0..<2 {
      driver.untilRequest()
      driver.receive(kiss(.rate, origin: driver.open?.nonce ?? 0))
    }
    #expect(driver.association.poll == 8)
    driver.run(samples: Int(AssociationLimits.forgiveness) - 1)
    #expect(driver.association.poll == 8)
    driver.run(samples: Int(AssociationLimits.forgiveness))
    #expect(driver.association.poll == 7)
    driver.run(samples: 2 * Int(AssociationLimits.forgiveness))
    #expect(driver.association.poll == 6)
    driver.run(samples: 4 * Int(AssociationLimits.forgiveness))
    #expect(driver.association.poll == 6)
  }

  @Test(arguments: [KissCode.deny, .restrict])
  func aRefusalPausesLongerEachTimeAndNeverForEver(code: KissCode) {
    var driver = asking()
    var pauses: [TimeInterval] = []
    for round in 1...9 {
      driver.untilRequest()
      #expect(driver.requests.count == round, "one request, then silence")
      driver.receive(kiss(code, origin: driver.open?.nonce ?? 0))
      #expect(driver.state.phase == .resting && driver.open == nil && driver.state.reach == 0)
      guard case .refused(let said, let pause)? = driver.notices.last else {
        Issue.record("no notice of the refusal")
        return
      }
      #expect(said == code && driver.state.deadline == driver.now + pause)
      pauses.append(pause)
    }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 64, 64].map { .seconds($0 * 900) })
    // The name is looked up anew each time; a good reply makes the next pause a short one.
    driver.untilRequest()
    #expect(driver.lookups == 10)
    driver.answer()
    driver.untilRequest()
    driver.receive(kiss(code, origin: driver.open?.nonce ?? 0))
    #expect(driver.state.deadline == driver.now + .seconds(900))
  }

  @Test func aRefusalSendsToTheNextAddress() {
    var driver = asking(addresses: [0xc000_0202])
    #expect(driver.open?.peer == SocketAddress(ipv4: 0xc000_0201, port: 123))
    driver.receive(kiss(.deny, origin: driver.open?.nonce ?? 0))
    driver.untilRequest()
    #expect(driver.open?.peer == SocketAddress(ipv4: 0xc000_0202, port: 123) && driver.lookups == 1)
    driver.receive(kiss(.deny, origin: driver.open?.nonce ?? 0))
    #expect(driver.state.phase == .resting)
  }

  @Test func aSecondKissForOneRequestIsACopy() {
    var driver = asking()
    let bytes = kiss(.rate, origin: driver.open?.nonce ?? 0)
    driver.receive(bytes)
    driver.untilRequest()
    let before = driver.state
    for _ in 0..<10 { driver.receive(bytes) }
    #expect(driver.state == before && driver.association.counters[.duplicate] == 10)
  }
}
