// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import Testing

@testable import MSSNTP

/// The whole provider, asked by an NTP client or server through the C tables.
@Suite struct MSSNTPProviderTests {
  private static let hash = "b4b9b02e6f09a9bd760f388b67351e2b"
  private static let accounts = """
    # for tests
    HOST1$    1103 machine \(hash)
    TRUSTED$  1107 trust   \(text(NTHash(password: "trust")) ?? "") \(text(NTHash(password: "before")) ?? "")

    """

  private func scene(_ change: (SignedScene) -> Void = { _ in }) -> SignedScene {
    let scene = SignedScene()
    scene.files["hash_file"] = Array(Self.accounts.utf8)
    scene.host.set("hash_file", "/etc/tompion/accounts")
    scene.host.set("domain", "lab.test")
    change(scene)
    return scene
  }

  private func client(_ scene: SignedScene, key: String = "") -> Int32 {
    scene.open(7, mode: TOMPION_AUTHENTICATE_CLIENT, name: "dc1.lab.test", key: key, source: 3)
  }

  /// Everything that was written for people.
  private func said(_ scene: SignedScene) -> String {
    (scene.host.logs + scene.host.events.map(\.text) + scene.host.refusals.map(\.text)).joined(separator: "\n")
  }

  // MARK: client

  @Test(arguments: ["68", "120"])
  func aClientBelievesItsOwnAccountsSignature(_ form: String) throws {
    let scene = scene {
      $0.host.set("account", "HOST1$")
      $0.host.set("form", form)
    }
    scene.started()
    #expect(client(scene) == TOMPION_OK)
    let sent = scene.call(protects: true, 7, requestHeader)
    #expect(sent.verdict == UInt32(TOMPION_VERDICT_OK) && sent.key == 1103)
    guard case .signed(let selection) = asked(sent.bytes) else {
      Issue.record("\(sent.bytes)")
      return
    }
    let good = reply(selection, try #require(makeKeys("hashcat")))
    let taken = scene.call(protects: false, 7, good)
    #expect(taken.verdict == UInt32(TOMPION_VERDICT_OK) && taken.bytes == countingHeader && taken.key == 1103)
    #expect(scene.host.events.isEmpty)

    // Wrong, missing, blank, and a crypto-NAK.
    let wrong = scene.call(protects: false, 7, reply(selection, try #require(makeKeys("other"))))
    #expect(wrong.verdict == UInt32(TOMPION_VERDICT_REFUSE) && wrong.reason == UInt32(TOMPION_REFUSE_BAD_CODE))
    for bytes in [countingHeader, countingHeader + [0, 0, 0, 0], request(selection)] {
      let missing = scene.call(protects: false, 7, bytes)
      #expect(missing.verdict == UInt32(TOMPION_VERDICT_REFUSE) && missing.reason == UInt32(TOMPION_REFUSE_MALFORMED))
    }
    #expect(scene.host.events.isEmpty && scene.host.logs.isEmpty, "the NTP client tells, once a poll")
  }

  @Test func aTrustAccountIsAKeyHolder() throws {
    let scene = scene { $0.host.set("form", "120") }
    scene.started()
    #expect(client(scene, key: "trusted") == TOMPION_OK)
    let selection = try #require(keySelection(asked(scene.call(protects: true, 7, requestHeader).bytes)))
    #expect(selection.rid == 1107)
    let old = try #require(makeKeys("before", rid: 1107))
    #expect(scene.call(protects: false, 7, reply(selection, old)).verdict == UInt32(TOMPION_VERDICT_OK))
    #expect(scene.open(8, mode: TOMPION_AUTHENTICATE_CLIENT, name: "x.lab.test", key: "NOBODY$") == TOMPION_AGAIN)
    scene.host.advance(by: 1)
    #expect(scene.told == ["8 not ready: hash_file has no account \"NOBODY$\""])
  }

  @Test func aServerOutsideOfTheForestIsAnErrorThatSaysWhy() {
    let scene = scene { $0.host.set("account", "HOST1$") }
    scene.started()
    #expect(scene.open(7, mode: TOMPION_AUTHENTICATE_CLIENT, name: "time.windows.com") == TOMPION_AGAIN)
    #expect(scene.told.isEmpty, "not from inside the call")
    scene.host.advance(by: 1)
    #expect(scene.told.count == 1 && scene.told[0].hasPrefix("7 not ready: time.windows.com is outside of lab.test"))
    #expect(
      said(scene).contains(
        "time.windows.com is outside of lab.test: only a domain controller that knows this host's account"))
  }

  @Test func withoutAnAccountNothingCanBeProved() {
    let scene = scene()
    scene.started()
    #expect(client(scene) == TOMPION_AGAIN)
    scene.host.advance(by: 1)
    #expect(
      scene.told.count == 1
        && scene.told[0].hasPrefix("7 not ready: there is no account to prove replies by: set keytab"))
    let refused = scene.call(protects: true, 7, requestHeader)
    #expect(refused.verdict == UInt32(TOMPION_VERDICT_REFUSE) && refused.reason == UInt32(TOMPION_REFUSE_UNAVAILABLE))
  }

  @Test func anAccountThatComesLaterIsUsed() throws {
    let scene = scene()
    scene.started()
    #expect(client(scene, key: "LATE$") == TOMPION_AGAIN)
    scene.host.advance(by: 1)
    scene.files["hash_file"] = Array((Self.accounts + "LATE$ 1200 machine \(Self.hash)\n").utf8)
    let table = try #require(scene.host.receiver(TOMPION_SECRETS_ID, as: tompion_secrets_receiver_t.self)).pointee
    table.changed(scene.host.provider, "hash_file")
    #expect(scene.told.last == "7 ready: ")
    #expect(scene.call(protects: true, 7, requestHeader).key == 1200)
    scene.files["hash_file"] = Array(Self.accounts.utf8)
    table.changed(scene.host.provider, "hash_file")
    #expect(scene.told.last == "7 not ready: hash_file has no account \"LATE$\"")
  }

  @Test func aKeytabIsRead() throws {
    var file = KeyTabBytes()
    file.add("HOST1$", kvno: 3, type: 23, key: NTHash(password: "from the keytab").bytes)
    let scene = SignedScene()
    scene.files["keytab"] = file.bytes
    scene.host.set("keytab", "/etc/krb5.keytab")
    scene.host.set("rid", Int64(1103))
    scene.host.set("domain", "lab.test")
    scene.host.set("form", "68")
    scene.started()
    #expect(client(scene) == TOMPION_OK)
    let selection = try #require(keySelection(asked(scene.call(protects: true, 7, requestHeader).bytes)))
    let good = reply(selection, try #require(makeKeys("from the keytab")))
    #expect(scene.call(protects: false, 7, good).verdict == UInt32(TOMPION_VERDICT_OK))

    // The password changes: a new key beside the old one.
    file.add("HOST1$", kvno: 4, type: 23, key: NTHash(password: "newer").bytes)
    scene.files["keytab"] = file.bytes
    let table = try #require(scene.host.receiver(TOMPION_SECRETS_ID, as: tompion_secrets_receiver_t.self)).pointee
    table.changed(scene.host.provider, "keytab")
    let newer = reply(selection, try #require(makeKeys("newer")))
    #expect(scene.call(protects: false, 7, newer).verdict == UInt32(TOMPION_VERDICT_OK))
    #expect(scene.call(protects: false, 7, good).verdict == UInt32(TOMPION_VERDICT_OK), "the one before, still")
    // And is broken: nothing changes.
    scene.files["keytab"] = [5, 2, 0]
    table.changed(scene.host.provider, "keytab")
    #expect(scene.call(protects: false, 7, newer).verdict == UInt32(TOMPION_VERDICT_OK))
    #expect(said(scene).contains("the keys stay as they were"))
    #expect(scene.held.count == 1)
    scene.host.close()
    #expect(scene.held.isEmpty, "every secret is given back")
  }

  @Test func filesThatCannotBeUsedAreRefusedInWords() {
    var aes = KeyTabBytes()
    aes.add("HOST1$", kvno: 3, type: 18, key: Array(repeating: 7, count: 32))
    for (name, file, text) in [
      ("keytab", aes.bytes, "none of arcfour-hmac (etype 23)"), ("keytab", nil, "that nobody else may read"),
      ("secrets_tdb", Array("no".utf8), "no database of Samba"),
      ("hash_file", Array("alice 1104 machine \(Self.hash)\n".utf8), "line 1: the first part is no name"),
      ("hash_file", [], "it has none"),
    ] as [(String, [UInt8]?, String)] {
      let scene = SignedScene()
      scene.files[name] = file
      scene.host.set("rid", Int64(1103))
      scene.host.set(name, "/some/file")
      #expect(scene.initialize() == TOMPION_INVALID)
      #expect(scene.host.refusals.first?.text.contains(text) == true, "\(scene.host.refusals)")
    }
  }

  // MARK: server

  @Test func signingIsOffUnlessSaid() {
    let scene = scene()
    scene.started()
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_UNSUPPORTED)
    #expect(said(scene).contains("sign = true"))
    let empty = SignedScene()
    empty.host.set("sign", true)
    #expect(empty.initialize() == TOMPION_INVALID)
  }

  @Test(arguments: MessageForm.allCases)
  func aServerSignsForTheAccountsOfItsFile(_ form: MessageForm) throws {
    let scene = scene { $0.host.set("sign", true) }
    scene.started()
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    let own = scene.serve(request(KeySelection(rid: 1103, form: form)))
    #expect(try verifies(#require(makeKeys("hashcat")), #require(own), form))
    let trust = scene.serve(request(KeySelection(rid: 1107, usesPrevious: true, form: form)))
    #expect(try verifies(#require(makeKeys("before", rid: 1107)), #require(trust), form))
    #expect(scene.serve(request(KeySelection(rid: 500, form: form))) == [], "a person's account is no key holder")
  }

  @Test func everyLengthButTwoIsLeftToOthers() {
    let scene = scene { $0.host.set("sign", true) }
    scene.started()
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    for length in 1...160 {
      let message = Array(requestHeader.prefix(length)) + Array(repeating: 0, count: max(0, length - 48))
      let verdict = scene.call(protects: false, 1, message).verdict
      #expect(verdict == UInt32(length == 120 ? TOMPION_VERDICT_REFUSE : TOMPION_VERDICT_NONE), "\(length)")
    }
  }

  @Test func aReplyNeedsItsRequest() {
    let scene = scene { $0.host.set("sign", true) }
    scene.started()
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    for request in [0, 1, 1103, UInt64.max] {
      #expect(scene.call(protects: true, 1, countingHeader, request: request).verdict == UInt32(TOMPION_VERDICT_REFUSE))
    }
    #expect(scene.call(protects: true, 99, countingHeader).verdict == UInt32(TOMPION_VERDICT_REFUSE))
  }

  @Test func aFileBesideSambaIsAskedFirst() throws {
    let scene = scene {
      $0.host.set("sign", true)
      $0.host.set("signd_socket", "/run/samba")
    }
    scene.started()
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK)
    #expect(scene.serve(request(KeySelection(rid: 1103, form: .extended)))?.count == 120)
    #expect(scene.serve(request(KeySelection(rid: 2000, form: .authenticator))) == nil)
    #expect(scene.takeRequests().count == 1)
  }

  // MARK: what people see

  @Test func countersAreToldOnAQuery() {
    let scene = scene {
      $0.host.set("sign", true)
      $0.host.set("account", "HOST1$")
    }
    scene.started()
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK && client(scene) == TOMPION_OK)
    _ = scene.serve(request(KeySelection(rid: 1103, form: .extended)))
    _ = scene.serve(request(KeySelection(rid: 5, form: .extended)))
    _ = scene.call(protects: true, 7, requestHeader)
    _ = scene.call(protects: false, 7, countingHeader)
    for _ in 0..<2 {
      #expect(scene.host.command(TOMPION_COMMAND_QUERY) == TOMPION_OK)
      scene.host.advance(by: 1)
    }
    #expect(
      scene.host.logs == [
        "replies: 0 proved, 0 with a wrong signature, 1 without one, 0 without a key to check by",
        "requests: 1 signed; refused 1 for RIDs that are unknown here",
      ])
  }

  @Test func noSecretIsEverSaid() throws {
    let scene = scene {
      $0.host.set("sign", true)
      $0.host.set("account", "HOST1$")
      $0.files["hash_file"] = Array((Self.accounts + "BROKEN$ 9 machine \(Self.hash)f\n\(Self.hash)\n").utf8)
    }
    scene.started()
    #expect(scene.open(1, mode: TOMPION_AUTHENTICATE_SERVER) == TOMPION_OK && client(scene) == TOMPION_OK)
    _ = scene.serve(request(KeySelection(rid: 1103, form: .extended)))
    _ = scene.call(protects: false, 7, countingHeader)
    _ = scene.host.command(TOMPION_COMMAND_QUERY)
    scene.host.advance(by: 1)
    let all = said(scene).lowercased()
    #expect(all.contains("line 4") && all.contains("line 5"))
    for part in [Self.hash.prefix(8), Self.hash.suffix(8)] { #expect(!all.contains(part)) }
  }
}
