// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import Synchronization
import Testing

@testable import ProviderHost

/// authenticate/1 and authenticator/1: two providers of one loop, and the host between them.
@Suite(.serialized) struct AuthenticateTests {
  private struct Scene {
    let caller: CapabilityBench
    let authenticator: CapabilityBench

    /// What the caller heard of an order, and nothing else.
    func said(_ kind: Int32, _ value: Int64 = 0) -> [String] {
      caller.order(kind, value)
      return caller.take()
    }
  }

  private func scene(
    key: String = "", limit: Int64 = 64, scheme: String = "sum", deaf: Int64 = 0
  ) throws -> Scene {
    let loop = try CapabilityBench.loop()
    // The caller first: what it needs comes after it.
    let caller = try CapabilityBench(
      "caller",
      settings: [
        "key": .string(key), "limit": .integer(limit), "scheme": .string(scheme), "deaf": .integer(deaf),
      ], number: 8, loop: loop)
    let authenticator = try CapabilityBench("authenticator", number: 9, loop: loop)
    try caller.start()
    try authenticator.start()
    return Scene(caller: caller, authenticator: authenticator)
  }

  @Test func packetsAreProtectedAndCheckedInPlace() throws {
    let scene = try scene(key: "12")
    #expect(scene.said(99) == ["open 0"])
    #expect(scene.authenticator.take() == ["open mode 1 name time.example key 12 source 3"])
    #expect(scene.said(105) == ["growth 4"])
    #expect(scene.said(100) == ["protect verdict 0 reason 0 length 12 key 7 request 0"])
    #expect(scene.said(101) == ["unprotect verdict 0 reason 0 length 8 key 0 request 99"])
    #expect(scene.said(101) == ["unprotect verdict 3 reason 0 length 8 key 0 request 0"], "nothing of the scheme in it")
    _ = scene.said(106)
    #expect(scene.said(100).first?.contains("verdict 0") == true)
    _ = scene.said(102, 4)
    #expect(scene.said(101) == ["unprotect verdict 1 reason \(TOMPION_REFUSE_BAD_CODE) length 12 key 0 request 99"])
    #expect(scene.said(103).isEmpty)
    #expect(scene.authenticator.take() == ["close 1"])
    #expect(scene.said(100) == ["protect verdict 1 reason \(TOMPION_REFUSE_UNAVAILABLE) length 12 key 0 request 99"])
    #expect(scene.caller.outbox.counters.misbehaviour == 0 && scene.authenticator.outbox.counters.misbehaviour == 0)
  }

  @Test func eachPacketOfABatchHasItsOwnVerdict() throws {
    let scene = try scene()
    _ = scene.said(99)
    #expect(scene.said(104) == ["batch 20 sound 19 third 1 \(TOMPION_REFUSE_MALFORMED)"])
    let tight = try self.scene(limit: 10)
    _ = tight.said(99)
    #expect(tight.said(100) == ["protect verdict 1 reason \(TOMPION_REFUSE_NO_ROOM) length 8 key 0 request 0"])
  }

  @Test func aPendingPacketIsDecidedLaterByItsToken() throws {
    let scene = try scene(key: "pend")
    _ = scene.said(99)
    #expect(scene.said(100).first?.hasPrefix("pending verdict 2") == true)
    // The caller's own bytes change meanwhile; the copy does not.
    _ = scene.said(102, 0xff)
    scene.authenticator.order(100)
    #expect(scene.authenticator.take().last == "decided 0")
    #expect(scene.caller.take() == ["decided here token 5 length 12 1111111111111111"])
    #expect(scene.said(104) == ["batch 16 sound 0 third 1 \(TOMPION_REFUSE_MALFORMED)"], "four can wait")
    _ = scene.said(103)
    scene.authenticator.order(100)
    #expect(scene.authenticator.take().last == "decided \(TOMPION_NOT_FOUND)", "closed: nobody is told")
    #expect(scene.caller.take().isEmpty)
    let deaf = try self.scene(key: "pend", deaf: 1)
    _ = deaf.said(99)
    #expect(deaf.said(100) == ["protect verdict 1 reason \(TOMPION_REFUSE_FAULT) length 8 key 0 request 0"])
  }

  @Test(arguments: ["silent", "verdict", "long", "empty", "moved", "none"])
  func anAnswerThatMakesNoSenseIsARefusal(key: String) throws {
    let scene = try scene(key: key)
    _ = scene.said(99)
    #expect(scene.said(100) == ["protect verdict 1 reason \(TOMPION_REFUSE_FAULT) length 8 key 0 request 0"])
    #expect(scene.authenticator.outbox.counters[.badArgument] == 1)
    #expect(scene.caller.outbox.counters.misbehaviour == 0)
  }

  @Test func nothingIsToldFromInsideACall() throws {
    let scene = try scene(key: "inside")
    _ = scene.said(99)
    #expect(scene.said(100) == ["protect verdict 0 reason 0 length 12 key 7 request 0"])
    #expect(scene.authenticator.take().last == "inside \(TOMPION_WRONG_STATE)")
    #expect(scene.authenticator.outbox.counters[.wrongState] == 1)
    let early = try self.scene(key: "early")
    #expect(early.said(99) == ["open 0"])
    #expect(early.authenticator.take().last == "ready \(TOMPION_WRONG_STATE)")
  }

  @Test func keysMayComeLaterAndGo() throws {
    let scene = try scene(key: "later")
    #expect(scene.said(99) == ["open \(TOMPION_AGAIN)"])
    let number = Int64(1 << 8)
    scene.authenticator.order(101, number)
    #expect(scene.caller.take() == ["ready here 0 peer 4 4123 ''"])
    scene.authenticator.order(102, number)
    #expect(scene.caller.take() == ["ready here \(TOMPION_UNREACHABLE) peer 0 0 'no\\x0akeys'"])
    scene.authenticator.order(103, number)
    #expect(scene.authenticator.take().last == "decided \(TOMPION_INVALID)", "pending is no decision")
    scene.authenticator.order(101, number + 1)
    #expect(scene.authenticator.take().last == "ready \(TOMPION_NOT_FOUND)")
    #expect(scene.caller.take().isEmpty)
  }

  @Test func whoeverEndsTakesItsAssociationsAlong() throws {
    let scene = try scene()
    _ = scene.said(99)
    scene.authenticator.instance.close()
    #expect(scene.authenticator.take().last == "close 1")
    #expect(scene.caller.take() == ["ready here \(TOMPION_UNREACHABLE) peer 0 0 'its authenticator has ended'"])
    #expect(scene.said(100) == ["protect verdict 1 reason \(TOMPION_REFUSE_UNAVAILABLE) length 8 key 0 request 0"])
    #expect(scene.said(99).last == "open \(TOMPION_NOT_FOUND)")
    let other = try self.scene()
    _ = other.said(99)
    _ = other.authenticator.take()
    other.caller.instance.close()
    #expect(other.authenticator.take() == ["close 1"])
  }

  @Test func aStoppedAuthenticatorRefusesUntilItRuns() throws {
    let scene = try scene()
    _ = scene.said(99)
    scene.authenticator.instance.stop()
    #expect(scene.said(100).first?.contains("reason \(TOMPION_REFUSE_UNAVAILABLE)") == true)
    try scene.authenticator.start()
    #expect(scene.said(100).first?.contains("verdict 0") == true)
  }

  @Test func whatCannotBeOpenedSaysWhy() throws {
    let unknown = try scene(key: "unknown")
    #expect(unknown.said(99) == ["open \(TOMPION_NOT_FOUND)"])
    let missing = try scene(scheme: "nts")
    let said = missing.said(99)
    #expect(said.last == "open \(TOMPION_NOT_FOUND)")
    #expect(said.first?.contains("\"nts\"") == true && said.first?.contains("in-process") == true)
    // Where nobody hands on, in a backend without a router, it is not there.
    #expect(missing.said(107, 77).isEmpty)
    #expect(missing.said(100).first?.contains("reason \(TOMPION_REFUSE_UNAVAILABLE)") == true)
  }

  @Test func anothersAssociationIsNobodysButItsOwn() throws {
    let scene = try scene()
    _ = scene.said(99)
    let thief = try CapabilityBench(
      "caller", settings: ["limit": .integer(64)], number: 10, loop: scene.caller.loop)
    try thief.start()
    thief.order(107, 1 << 8)
    thief.order(100)
    thief.order(103)
    #expect(thief.take() == ["protect verdict 1 reason \(TOMPION_REFUSE_UNAVAILABLE) length 8 key 0 request 0"])
    #expect(scene.said(100).first?.contains("verdict 0") == true, "it is still open")
  }

  private struct Handed: @unchecked Sendable {
    // The thread ends before the test goes on.
    let scene: Scene
  }

  @Test func aWorkerIsRefusedByAnAuthenticatorForOneThread() throws {
    let scene = try scene()
    _ = scene.said(99)
    let handed = Handed(scene: scene)
    let thread = try RoleThread(RoleThreadOptions(name: "worker1")) {
      WorkerThread.begin()
      handed.scene.caller.order(100)
      handed.scene.caller.order(99)
    }
    #expect(thread.join(withinSeconds: 10))
    #expect(
      scene.caller.take() == [
        "protect verdict 1 reason \(TOMPION_REFUSE_UNAVAILABLE) length 8 key 0 request 0",
        "open \(TOMPION_WRONG_ROLE)",
      ])
  }

  @Test func numbersAreNotUsedAgain() throws {
    let scene = try scene()
    _ = scene.said(99)
    _ = scene.said(103)
    _ = scene.said(99)
    _ = scene.said(107, 1 << 8)
    #expect(scene.said(100).first?.contains("reason \(TOMPION_REFUSE_UNAVAILABLE)") == true, "the first one's")
    _ = scene.said(107, 2 << 8)
    #expect(scene.said(100).first?.contains("verdict 0") == true)
  }
}
