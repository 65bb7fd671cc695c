// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

@Suite struct KeyTabTests {
  private static func hash(_ password: String) -> [UInt8] { NTHash(password: password).bytes }

  /// As `net ads join` writes one: service principals beside the account, AES beside RC4.
  private static var member: KeyTabBytes {
    var file = KeyTabBytes()
    for kvno in [1, 2] {
      for principal in ["host/member1.lab.test", "host/MEMBER1", "MEMBER1$"] {
        file.add(principal, kvno: kvno, type: 18, key: Array(repeating: 1, count: 32))
        file.add(principal, kvno: kvno, type: 17, key: Array(repeating: 2, count: 16))
        file.add(principal, kvno: kvno, type: 23, key: hash(kvno == 2 ? "new" : "old"))
      }
      file.addHole(17)
    }
    return file
  }

  private func holder(_ file: [UInt8], _ account: String = "") -> KeyHolder? {
    if case .success(let holder) = KeyTab.holder(file.span, account: account) { holder } else { nil }
  }

  private func problem(_ file: [UInt8], _ account: String = "") -> String {
    if case .failure(let problem) = KeyTab.holder(file.span, account: account) { problem.description } else { "" }
  }

  @Test func theRC4KeyIsTheHash() throws {
    for account in ["", "MEMBER1$", "member1", "Member1$"] {
      let found = try #require(holder(Self.member.bytes, account))
      #expect(found.account == "MEMBER1$" && found.rid == 0)
      #expect(found.current == NTHash(password: "new"))
      #expect(found.previous == NTHash(password: "old"))
    }
  }

  @Test func theNewestKeyNumberCounts() throws {
    var file = KeyTabBytes()
    file.add("A$", kvno: 200, type: 23, key: Self.hash("long ago"))
    file.add("A$", kvno: 300, type: 23, key: Self.hash("many"))
    file.add("A$", kvno: 299, type: 23, key: Self.hash("fewer"))
    let found = try #require(holder(file.bytes))
    #expect(found.current == NTHash(password: "many"), "300 is 44 in eight bits")
    #expect(found.previous == NTHash(password: "fewer"))
    var old = KeyTabBytes()
    old.add("A$", kvno: 3, type: 23, key: Self.hash("three"), hasLongNumber: false)
    old.add("A$", kvno: 3, type: 23, key: Self.hash("again"), time: 1_800_000_000, hasLongNumber: false)
    let only = try #require(holder(old.bytes))
    #expect(only.current == NTHash(password: "again"), "the later of one number")
    #expect(only.previous == nil)
  }

  @Test func aKeytabOfAESAloneSaysWhatIsMissing() {
    var file = KeyTabBytes()
    file.add("HOST1$", kvno: 1, type: 18, key: Array(repeating: 1, count: 32))
    file.add("HOST1$", kvno: 1, type: 20, key: Array(repeating: 1, count: 32))
    #expect(
      problem(file.bytes)
        == "HOST1$ has keys of aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha384-192 and none of arcfour-hmac (etype 23): MS-SNTP signs with "
        + "the NT hash, which is that key. Add it to the keytab, or use secrets_tdb or hash_file")
  }

  @Test func accountsThatAreNotThereAreNamed() {
    #expect(problem(Self.member.bytes, "OTHER$") == "it has no keys of \"OTHER$\", only of MEMBER1$")
    var two = Self.member
    two.add("SECOND$", kvno: 1, type: 23, key: Self.hash("x"))
    #expect(
      problem(two.bytes) == "it has several machine accounts (MEMBER1$, SECOND$): say which one by `account`")
    var services = KeyTabBytes()
    services.add("nfs/a.lab.test", kvno: 1, type: 23, key: Self.hash("x"))
    #expect(
      problem(services.bytes).hasPrefix(
        "it has no machine account (a principal \"HOST$@REALM\"), only nfs/a.lab.test@LAB.TEST"))
    #expect(problem([5, 2]).contains("only nothing at all"))
  }

  @Test func whatIsNoKeytabIsTold() {
    #expect(problem([]) == "it is empty; a keytab begins with 05 02")
    #expect(problem(Array("BEGIN".utf8)) == "at byte 0: no keytab: it begins with 05 02")
    #expect(problem([5, 1, 0, 0]).contains("0x0501"))
    let whole = Self.member.bytes
    #expect(problem(Array(whole.dropLast())).hasPrefix("at byte "))
    var short = KeyTabBytes()
    short.add("A$", kvno: 1, type: 23, key: Array(Self.hash("x").dropLast()))
    #expect(problem(short.bytes).hasSuffix("an arcfour-hmac key of 15 bytes; it has 16"))
  }

  /// Cut within an entry it is a problem; cut between two, the entries before are the keytab.
  @Test func everyCutIsAProblemOrTheEntriesBeforeIt() {
    let whole = Self.member.bytes
    var ends = [2]
    while let end = ends.last, end < whole.count {
      let size = whole[end..<end + 4].reduce(Int32(0)) { $0 << 8 | Int32($1) }
      ends.append(end + 4 + Int(size.magnitude))
    }
    // Of each number the account's hash comes last, but for the hole.
    let pieces = (ends.count - 1) / 2
    for length in 0...whole.count {
      let file = Array(whole.prefix(length))
      guard let count = ends.firstIndex(of: length) else {
        #expect(!problem(file, "MEMBER1$").isEmpty, "cut at \(length)")
        continue
      }
      var hashes: [NTHash] = []
      if count >= pieces - 1 { hashes.insert(NTHash(password: "old"), at: 0) }
      if count >= 2 * pieces - 1 { hashes.insert(NTHash(password: "new"), at: 0) }
      let found = holder(file, "MEMBER1$")
      #expect([found?.current, found?.previous].compactMap { $0 } == hashes, "cut at \(length)")
    }
  }

  /// Names out of the file are shown as visible characters, keys never.
  @Test func changedBytesNeverTrapAndShowNoKey() {
    var random = SeededGenerator(seed: 0x0502)
    let whole = Self.member.bytes
    var problems = 0
    for round in 0..<20_000 {
      var file = whole
      for _ in 0..<(round % 7 + 1) {
        file[Int.random(in: 0..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if case .failure(let problem) = KeyTab.holder(file.span, account: round % 2 == 0 ? "" : "MEMBER1$") {
        problems += 1
        #expect(problem.description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        #expect(problem.description.utf8.count < 1500)
      }
    }
    #expect(problems > 1000)
  }
}
