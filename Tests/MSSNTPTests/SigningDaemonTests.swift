// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import Testing
import TimeTypes

@testable import MSSNTP

/// Samba's socket behind the whole provider: there, absent, slow, closing, and answering with what was not asked.
@Suite struct SigningDaemonTests {
  private static let socket = "/var/lib/samba/ntp_signd/socket"
  private static let milliseconds: Int64 = 1_000_000

  /// A server that leaves everything to Samba, without limits that matter here.
  private func scene(starts: Bool = true) -> SignedScene {
    let scene = SignedScene()
    scene.host.set("sign", true)
    scene.host.set("signd_socket", Self.socket)
    scene.host.set("client_burst", Int64(10_000))
    scene.host.set("rid_burst", Int64(10_000))
    scene.host.set("distinct_rids", Int64(256))
    if starts { scene.started() }
    #expect(!starts || scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    return scene
  }

  private func message(_ rid: UInt32) -> [UInt8] { request(KeySelection(rid: rid, form: .authenticator)) }

  @Test func manyRepliesAreSignedAtOnceAndInAnyOrder() throws {
    let scene = scene()
    #expect(scene.paths == [Self.socket], "connected before anybody asks")
    for token in 1...200 as ClosedRange<UInt64> {
      #expect(scene.serve(message(UInt32(1000 + token)), token: token) == nil)
    }
    let requests = scene.takeRequests()
    #expect(requests.count == 200 && Set(requests.map(\.id)).count == 200)
    #expect(requests.first?.keyID == [0xe9, 3, 0, 0], "1001, least significant byte first")
    for request in requests.reversed() { scene.say(SambaAnswer.success(request.id, SignedScene.signature(request))) }
    #expect(scene.decided.map(\.token) == (1...200).reversed())
    #expect(scene.decided.allSatisfy { $0.verdict == UInt32(TOMPION_VERDICT_OK) && $0.bytes.count == 68 })
    let keys = try #require(makeKeys("samba"))
    #expect(scene.decided.allSatisfy { verifies(keys, $0.bytes, .authenticator) })
    #expect(scene.host.events.isEmpty)
  }

  @Test func theOldKeyIsAskedForAsTheClientDid() {
    let scene = scene()
    #expect(scene.serve(request(KeySelection(rid: 1103, usesPrevious: true, form: .authenticator))) == nil)
    #expect(scene.takeRequests().map(\.keyID) == [[0x4f, 4, 0, 0x80]])
  }

  @Test func theLongFormIsNotForSamba() {
    let scene = scene()
    #expect(scene.serve(request(KeySelection(rid: 1103, form: .extended))) == [])
    #expect(scene.inbox.isEmpty)
  }

  @Test func unknownAccountsGetSilence() {
    let scene = scene()
    #expect(scene.serve(message(9999), token: 5) == nil)
    for request in scene.takeRequests() { scene.say(SambaAnswer.failure(request.id)) }
    #expect(scene.decided.map(\.verdict) == [UInt32(TOMPION_VERDICT_REFUSE)])
    #expect(scene.host.events.map(\.number) == [22])
  }

  @Test func anAbsentSocketIsTriedAgainInAWhile() {
    let scene = scene(starts: false)
    scene.streamStatus = TOMPION_NOT_FOUND
    #expect(scene.initialize() == TOMPION_OK)
    #expect(scene.host.start() == TOMPION_OK)
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    var tried: [Int64] = []
    let start = scene.host.raw
    for _ in 0..<3000 {
      let before = scene.paths.count
      #expect(scene.serve(message(1103)) == [], "silence at once")
      if scene.paths.count > before { tried.append((scene.host.raw - start) / Self.milliseconds) }
      scene.host.advance(by: 100 * Self.milliseconds)
    }
    let pauses = zip(tried.dropFirst(), tried).map { $0 - $1 }
    #expect(pauses.count < 14 && pauses == pauses.sorted() && pauses.last == 60_000, "\(pauses)")
    #expect(scene.host.events.count <= 6, "one a minute")
    scene.streamStatus = TOMPION_OK
    scene.host.advance(by: 61_000 * Self.milliseconds)
    #expect(scene.serve(message(1103)) == nil)
    scene.connect()
    #expect(scene.takeRequests().count == 1, "what came while it connected is sent then")
  }

  @Test func aRefusedConnectionIsOne() {
    let scene = scene(starts: false)
    #expect(scene.initialize() == TOMPION_OK && scene.host.start() == TOMPION_OK)
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    #expect(scene.serve(message(1103), token: 8) == nil)
    scene.connect(TOMPION_PERMISSION)
    #expect(scene.decided.map(\.token) == [8])
    #expect(scene.decided.map(\.verdict) == [UInt32(TOMPION_VERDICT_REFUSE)])
    #expect(scene.opened.count == 1)
  }

  @Test func aSlowSocketLosesTheReplyAndAtLastTheConnection() {
    let scene = scene()
    for token in 1...3 as ClosedRange<UInt64> { #expect(scene.serve(message(1103), token: token) == nil) }
    scene.host.advance(by: 499 * Self.milliseconds)
    #expect(scene.decided.isEmpty)
    let late = scene.takeRequests()
    scene.host.advance(by: 1 * Self.milliseconds)
    #expect(scene.decided.map(\.verdict) == Array(repeating: UInt32(TOMPION_VERDICT_REFUSE), count: 3))
    for request in late { scene.say(SambaAnswer.success(request.id, SignedScene.signature(request))) }
    #expect(scene.decided.count == 3, "too late is nobody's")
    #expect(scene.closed.isEmpty)
    for token in 4...40 as ClosedRange<UInt64> { #expect(scene.serve(message(1103), token: token) == nil) }
    scene.host.advance(by: 500 * Self.milliseconds)
    #expect(scene.decided.count == 40 && scene.closed.count == 1)
    #expect(scene.serve(message(1103)) == [], "not at once again")
    scene.host.advance(by: 1000 * Self.milliseconds)
    #expect(scene.serve(message(1103)) == nil && scene.opened.count == 2)
  }

  @Test func aSocketThatTakesLittleIsWaitedFor() {
    let scene = scene()
    scene.room = 100
    for _ in 0..<3 { #expect(scene.serve(message(1103)) == nil) }
    #expect(scene.takeRequests().count == 1 && scene.inbox.count == 32)
    scene.makeRoom()
    #expect(scene.takeRequests().count == 2)
  }

  @Test func tooManyAreRefusedAtOnce() {
    let scene = scene()
    for _ in 0..<SigningQueue.capacity { #expect(scene.serve(message(1103)) == nil) }
    #expect(scene.serve(message(1103)) == [])
  }

  /// As Samba does for a person's account: everybody else's reply is signed all the same.
  @Test func aPersonsAccountCostsNobodyElseTheReply() {
    let scene = scene()
    for rid in [1101, 1102, 500, 1103, 1104] as [UInt32] {
      #expect(scene.serve(message(rid), token: UInt64(rid)) == nil)
    }
    var connections = 0
    while scene.decided.count < 5, connections < 10 {
      connections += 1
      var isOpen = true
      while isOpen, case let requests = scene.takeRequests(), !requests.isEmpty {
        for request in requests where isOpen {
          if request.keyID == [0xf4, 1, 0, 0] {
            isOpen = false
            scene.hangUp()
          } else if connections > 1 {
            scene.say(SambaAnswer.success(request.id, SignedScene.signature(request)))
          }
        }
      }
      scene.connect()
    }
    let signed = scene.decided.filter { $0.verdict == UInt32(TOMPION_VERDICT_OK) }.map(\.token)
    #expect(Set(signed) == [1101, 1102, 1103, 1104])
    #expect(scene.decided.filter { $0.verdict != UInt32(TOMPION_VERDICT_OK) }.map(\.token) == [500])
    let before = scene.opened.count
    #expect(scene.serve(message(500)) == [], "not asked for again: Samba answers others")
    #expect(scene.opened.count == before && scene.inbox.isEmpty)
    scene.host.advance(by: 301_000 * Self.milliseconds)
    #expect(scene.serve(message(500)) == nil, "but after a while")
  }

  /// One that hangs up on everybody is broken: nobody is banned for it, and it is left alone for a while.
  @Test func aDaemonThatAnswersNobodyIsNotBelieved() {
    let scene = scene()
    for token in 1...20 as ClosedRange<UInt64> {
      if scene.serve(message(UInt32(1100 + token)), token: token) == nil {
        while !scene.takeRequests().isEmpty {
          scene.hangUp()
          scene.connect()
        }
      }
    }
    #expect(scene.opened.count < 10, "\(scene.opened.count) connections")
    scene.host.advance(by: 61_000 * Self.milliseconds)
    #expect(scene.serve(message(1101)) == nil, "not banned")
    scene.connect()
    for request in scene.takeRequests() { scene.say(SambaAnswer.success(request.id, SignedScene.signature(request))) }
    #expect(scene.decided.last?.verdict == UInt32(TOMPION_VERDICT_OK))
  }

  @Test func anEndOfItsDirectionIsAnEnd() {
    let scene = scene()
    #expect(scene.serve(message(1103)) == nil)
    scene.say([])
    #expect(scene.closed.count == 1 && scene.opened.count == 2)
    scene.connect()
    #expect(scene.takeRequests().count == 1, "asked once more")
  }

  /// The answer of one request under the id of another; other bytes; no checksum; an id that nobody has.
  @Test func anAnswerForAnotherPacketIsRefused() {
    for kind in 0..<5 {
      let scene = scene()
      #expect(scene.serve(message(1103), token: 1) == nil)
      #expect(scene.serve(message(1104), header: Array(countingHeader.reversed()), token: 2) == nil)
      let requests = scene.takeRequests()
      let other = SignedScene.signature(requests[1])
      var packet = SignedScene.signature(requests[0])
      switch kind {
      case 0: packet = other
      case 1: packet[47] ^= 1
      case 2: packet[48] ^= 1
      case 3: for index in 52..<68 { packet[index] = 0 }
      default: break
      }
      scene.say(SambaAnswer.success(kind == 4 ? requests[0].id ^ 0x4040 : requests[0].id, packet))
      if kind == 4 {
        #expect(scene.decided.isEmpty && scene.closed.isEmpty, "nobody's")
        continue
      }
      #expect(
        scene.decided.first?.token == 1 && scene.decided.first?.verdict == UInt32(TOMPION_VERDICT_REFUSE), "\(kind)")
      #expect(scene.closed.count == 1, "nothing of that connection is believed")
      #expect(scene.decided.allSatisfy { $0.verdict == UInt32(TOMPION_VERDICT_REFUSE) })
    }
  }

  @Test func nonsenseEndsTheConnection() {
    let scene = scene()
    #expect(scene.serve(message(1103), token: 1) == nil)
    scene.say(Array("HTTP/1.1 400 Bad Request\r\n".utf8))
    #expect(scene.closed.count == 1)
    scene.say(SambaAnswer.failure(1), on: scene.opened.first)
    scene.host.advance(by: 5000 * Self.milliseconds)
    #expect(scene.decided.map(\.token) == [1])
  }

  /// An NTP server may ask for the next signature from inside of being told of one.
  @Test func theNextOneMayBeAskedForAtOnce() {
    let scene = scene()
    var asked: UInt64 = 1
    scene.whenDecided = { _ in
      guard asked < 5 else { return }
      asked += 1
      #expect(scene.serve(self.message(1103), token: asked) == nil)
    }
    #expect(scene.serve(message(1103), token: 1) == nil)
    while case let requests = scene.takeRequests(), !requests.isEmpty {
      for request in requests { scene.say(SambaAnswer.success(request.id, SignedScene.signature(request))) }
    }
    #expect(scene.decided.map(\.token) == [1, 2, 3, 4, 5])
  }

  @Test func whoHasClosedIsNotTold() {
    let scene = scene()
    #expect(scene.open(2, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    #expect(scene.serve(message(1103), token: 1) == nil)
    #expect(scene.serve(message(1103), token: 2, association: 2) == nil)
    scene.close(1)
    for request in scene.takeRequests() { scene.say(SambaAnswer.success(request.id, SignedScene.signature(request))) }
    #expect(scene.decided.map(\.token) == [2])
  }

  @Test func aStopEndsTheConnectionAndAStartMakesItAgain() {
    let scene = scene()
    #expect(scene.serve(message(1103), token: 1) == nil)
    scene.host.stop()
    #expect(scene.closed.count == 1 && scene.host.timers.isEmpty && scene.decided.isEmpty)
    #expect(scene.host.start() == TOMPION_OK)
    #expect(scene.opened.count == 2)
    scene.connect()
    #expect(scene.serve(message(1103), token: 2) == nil)
    for request in scene.takeRequests() { scene.say(SambaAnswer.success(request.id, SignedScene.signature(request))) }
    #expect(scene.decided.map(\.token) == [2])
  }
}
