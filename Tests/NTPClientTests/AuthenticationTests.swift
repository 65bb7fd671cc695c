// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import Testing
import TimeTypes

@testable import NTPClient

/// Sources that have to prove their replies: what proves nothing changes counters alone, whatever it says.
@Suite struct AuthenticationTests {
  static let reasons = Rejection.allCases.filter(\.isUnproven)

  private func options(_ wanted: SourceAuthentication = .key(7)) -> AssociationOptions {
    var options = AssociationOptions()
    options.authentication = wanted
    return options
  }

  private func asking(_ options: AssociationOptions) -> AssociationDriver {
    var driver = AssociationDriver(options)
    driver.start()
    driver.untilRequest()
    return driver
  }

  private func arrived(_ driver: inout AssociationDriver) {
    driver.now = driver.now + AssociationDriver.oneWay + AssociationDriver.turnaround + AssociationDriver.oneWay
  }

  @Test(arguments: reasons)
  func whatProvesNothingChangesNothing(_ reason: Rejection) {
    var driver = asking(options())
    let good = driver.reply()
    arrived(&driver)
    let before = driver.state
    driver.receive(good, proof: .refused(reason))
    #expect(driver.state == before && driver.state.hashValue == before.hashValue)
    #expect(driver.association.counters[reason] == 1 && driver.association.counters.rejected == 1)
    #expect(!driver.association.counters.isServerAlive, "it is no sign of the server")
    #expect(driver.samples.isEmpty && driver.notices.isEmpty && driver.closed.isEmpty)
    // The true reply, later, is believed all the same.
    driver.receive(good)
    #expect(driver.samples.count == 1 && driver.samples[0].flags.contains(.authenticated))
  }

  @Test func whoDoesNotAskIsNotBelieved() {
    var driver = asking(options())
    let before = driver.state
    arrived(&driver)
    driver.receive(driver.reply(), proof: .notAsked)
    #expect(driver.state == before && driver.association.counters[.noAuthentication] == 1)
  }

  @Test func aSourceThatProvesNothingIsNotSaidTo() {
    var driver = asking(AssociationOptions())
    driver.answer()
    #expect(driver.samples.count == 1 && !driver.samples[0].flags.contains(.authenticated))
  }

  @Test(arguments: [0x5241_5445, 0x4445_4e59, 0x5253_5452] as [UInt32])
  func aKissCodeCountsOnlyWithProof(_ code: UInt32) {
    var driver = asking(options())
    driver.answer()
    driver.untilRequest()
    var bytes = driver.reply()
    bytes[1] = 0
    bytes.put(code, at: 12)
    let before = driver.state
    driver.receive(bytes, proof: .refused(.noAuthentication))
    #expect(driver.state == before && driver.association.counters.kisses == 0)
    driver.receive(bytes)
    #expect(driver.association.counters.kisses == 1 && driver.open == nil)
  }

  /// Who sent it comes first: no authenticator is asked about a packet without the nonce, and nobody is told that it proved nothing.
  @Test func theNonceComesBeforeTheProof() {
    var driver = asking(options())
    let good = driver.reply()
    var bytes = good
    bytes.put(bytes.timestamp(at: 24) &+ 1, at: 24)
    let socket = driver.open?.socket ?? 0
    func header(_ bytes: [UInt8]) -> NTPPacket? { try? NTPPacket(parsing: bytes.span) }
    #expect(!driver.association.admits(header(bytes), socket: socket))
    #expect(driver.association.admits(header(good), socket: socket))
    #expect(!driver.association.admits(header(good), socket: socket + 1))
    #expect(!driver.association.admits(nil, socket: socket))
    driver.receive(bytes, proof: .refused(.badAuthentication))
    #expect(driver.association.counters[.wrongOrigin] == 1 && driver.association.counters[.badAuthentication] == 0)
    driver.answer()
    #expect(!driver.association.admits(header(good), socket: socket), "a copy")
  }

  /// Polls that bring only what proves nothing: said once, and no reason to keep the server; proof again is said once, too.
  @Test func lossAndReturnAreSaidOnce() {
    var options = options()
    options.iburst = false
    options.minimumPoll = 4
    options.maximumPoll = 4
    var driver = AssociationDriver(options)
    driver.start()
    driver.run(samples: 2)
    for _ in 0..<10 {
      driver.untilRequest()
      arrived(&driver)
      driver.receive(driver.reply(), proof: .refused(.badAuthentication))
      driver.step()
    }
    #expect(driver.notices.filter { if case .unproven = $0 { true } else { false } } == [.unproven(.badAuthentication)])
    #expect(driver.notices.contains(.unreachable) && driver.state.isUnproven && driver.state.reach == 0)
    #expect(driver.samples.count == 2)
    driver.run(samples: 4)
    #expect(driver.notices.filter { if case .proven = $0 { true } else { false } } == [.proven(key: 7, untold: 9)])
    #expect(!driver.state.isUnproven && driver.state.server.proof == .proven(key: 7))
    // A poll that nobody answers says nothing of keys.
    driver.lose()
    #expect(driver.notices.filter { if case .unproven = $0 { true } else { false } }.count == 1)
  }

  /// Polls that bring now one and now the other: what the source proves follows each of them, and what is said does not.
  @Test func aForgerDrivesNoLines() {
    var options = options()
    options.iburst = false
    (options.minimumPoll, options.maximumPoll) = (0, 0)
    var driver = AssociationDriver(options)
    driver.start()
    driver.run(samples: 2)
    let start = driver.now
    for _ in 0..<20 {
      driver.untilRequest()
      arrived(&driver)
      driver.receive(driver.reply(), proof: .refused(.noAuthentication))
      driver.step()
      #expect(driver.state.isUnproven)
      driver.run(samples: driver.samples.count + 1)
      #expect(!driver.state.isUnproven)
    }
    #expect(driver.now - start < .seconds(60), "\(driver.now - start)")
    let said = driver.notices.filter {
      switch $0 {
      case .proven, .unproven: true
      default: false
      }
    }
    #expect(said == [.unproven(.noAuthentication), .proven(key: 7)], "\(said)")
  }

  @Test func withoutKeysNothingIsSent() {
    var driver = AssociationDriver(options())
    driver.start()
    driver.run(samples: 3)
    let sent = driver.requests.count
    driver.deliver(.keysLost)
    #expect(driver.state.phase == .stopped && driver.state.deadline == nil && driver.state.reach == 0)
    #expect(driver.notices.suffix(2) == [.unreachable, .unproven(.authenticationUnavailable)])
    for _ in 0..<20 {
      driver.now = driver.now + .seconds(600)
      driver.step()
    }
    #expect(driver.requests.count == sent)
    driver.start()
    driver.run(samples: 4)
    #expect(
      driver.samples.count == 4 && driver.notices.last == .proven(key: 7) || driver.notices.contains(.proven(key: 7)))
  }

  @Test func anotherServerHasProvedNothingYet() {
    var driver = AssociationDriver(options())
    driver.addresses.append(SocketAddress(ipv4: 0xc000_0202))
    driver.start()
    driver.run(samples: 1)
    #expect(driver.state.server.proof == .proven(key: 7))
    for _ in 0..<40 where driver.serverChanges < 2 { driver.lose() }
    #expect(driver.serverChanges == 2 && driver.state.server.proof == .notAsked)
  }

  @Test func interleavedRepliesProveThemselvesTheSame() {
    var options = options()
    options.interleaved = true
    options.iburst = false
    (options.minimumPoll, options.maximumPoll) = (4, 4)
    var driver = AssociationDriver(options)
    driver.start()
    driver.run(samples: 1)
    driver.untilRequest()
    guard let request = driver.open, request.interleavedNonce != 0 else {
      Issue.record("the second request is of the interleaved mode")
      return
    }
    let received = driver.serverTimestamp(at: driver.now + AssociationDriver.oneWay)
    let left = driver.state.interleaving.previous?.receive.rawValue ?? 0
    let bytes = driver.replyBytes(
      version: 4, origin: request.interleavedNonce, received: received | 1, transmitted: left &+ (40 << 12))
    arrived(&driver)
    let before = driver.state
    driver.receive(bytes, proof: .refused(.badAuthentication))
    #expect(driver.state == before && driver.samples.count == 1)
    driver.receive(bytes)
    #expect(driver.state.interleaving.isInUse)
    driver.run(samples: 2)
    #expect(driver.samples.allSatisfy { $0.flags.contains(.authenticated) })
  }

  @Test func answersAreTurnedIntoReasons() {
    var packet = Protection(length: 68, limit: 68)
    #expect(Proof(packet, length: 68) == .refused(.authenticationUnavailable), "an authenticator that says nothing")
    packet = Protection(length: 68, limit: 68)
    let reasons: [(UInt32, Rejection)] = [
      (1, .unknownKey), (2, .badAuthentication), (3, .malformedAuthentication), (4, .staleAuthentication),
      (5, .malformedAuthentication), (6, .keyNotAllowed), (7, .authenticationUnavailable),
      (8, .authenticationUnavailable),
      (99, .authenticationUnavailable),
    ]
    for (code, reason) in reasons { #expect(Rejection(refusal: code) == reason) }
    #expect(Set(Self.reasons.map(\.proofCode)).count == Self.reasons.count)
    #expect(Rejection.allCases.allSatisfy { ($0.proofCode != 0) == $0.isUnproven })
  }

  @Test func aBareReplyIsUnsignedAndNotMalformed() {
    for (length, reason) in [(48, Rejection.noAuthentication), (68, .malformedAuthentication)] {
      var packet = Protection(length: length, limit: length)
      packet.refuse(.malformed)
      #expect(Proof(packet, length: length) == .refused(reason), "\(length) bytes")
      packet = Protection(length: length, limit: length)
      packet.refuse(.unavailable)
      #expect(Proof(packet, length: length) == .refused(.authenticationUnavailable), "\(length) bytes")
    }
  }

  @Test func whatAnOperatorMayWrite() {
    #expect(SourceAuthentication("none") == SourceAuthentication.none)
    #expect(SourceAuthentication("key:1") == .key(1) && SourceAuthentication("key:4294967295") == .key(.max))
    #expect(SourceAuthentication("key:007") == .key(7))
    #expect(SourceAuthentication("ms-sntp") == .msSNTP && SourceAuthentication("nts") == .nts)
    for wrong in ["key", "key:0", "key:-1", "key:+1", "key:1 ", "key:٣", "Key:1", "MS-SNTP", "ntp", " none"] {
      #expect(SourceAuthentication(wrong) == nil, "\(wrong)")
    }
  }

  @Test func cryptoNAKsAreRecognized() {
    func isNAK(_ bytes: [UInt8]) -> Bool { PacketTrailer.isCryptoNAK(bytes.span) }
    let header = [UInt8](repeating: 4, count: 48)
    #expect(isNAK(header + [0, 0, 0, 0]))
    #expect(
      !isNAK(header + [0, 0, 0, 1]) && !isNAK(header) && !isNAK(header + [0, 0, 0]) && !isNAK(header + [0, 0, 0, 0, 0]))
  }
}
