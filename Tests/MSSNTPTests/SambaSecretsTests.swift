// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

@Suite struct SambaSecretsTests {
  private static var member: DatabaseBytes {
    var file = DatabaseBytes()
    file.add("SECRETS/SID/LAB", Array(repeating: 1, count: 68))
    // Members have passwords of any characters, as UTF-8 with a NUL.
    file.add("SECRETS/MACHINE_PASSWORD/LAB", Array("\u{23c1}\u{e475}näu😀".utf8) + [0])
    file.add("SECRETS/MACHINE_PASSWORD.PREV/LAB", Array("alt".utf8) + [0])
    file.add("SECRETS/MACHINE_LAST_CHANGE_TIME/LAB", [1, 2, 3, 4])
    return file
  }

  private func holder(_ file: [UInt8], _ workgroup: String = "") -> KeyHolder? {
    if case .success(let holder) = SambaSecrets.holder(file.span, workgroup: workgroup) { holder } else { nil }
  }

  private func problem(_ file: [UInt8], _ workgroup: String = "") -> String {
    if case .failure(let problem) = SambaSecrets.holder(file.span, workgroup: workgroup) {
      problem.description
    } else {
      ""
    }
  }

  @Test(arguments: ["", "LAB", "lab"])
  func bothPasswordsAreThere(_ workgroup: String) throws {
    let found = try #require(holder(Self.member.bytes, workgroup))
    #expect(found.current == NTHash(password: "\u{23c1}\u{e475}näu😀"))
    #expect(found.previous == NTHash(password: "alt"))
    #expect(found.account.isEmpty && found.rid == 0)
  }

  @Test func aNewMemberHasNoPreviousOne() throws {
    var file = DatabaseBytes()
    file.add("SECRETS/MACHINE_PASSWORD/LAB\0", Array("neu".utf8))
    let found = try #require(holder(file.bytes))
    #expect(found.current == NTHash(password: "neu"))
    #expect(found.previous == nil)
  }

  @Test func domainsThatAreNotThereAreNamed() {
    #expect(problem(Self.member.bytes, "OTHER") == "it holds no machine password of \"OTHER\", only of LAB")
    var two = Self.member
    two.add("SECRETS/MACHINE_PASSWORD/SECOND", Array("x".utf8))
    #expect(
      problem(two.bytes) == "it holds the passwords of several domains (LAB, SECOND): say which one by `workgroup`")
    #expect(problem(DatabaseBytes().bytes).hasPrefix("it holds no machine password: join the domain first"))
  }

  @Test func passwordsThatAreNoneAreTold() {
    for (value, text) in [
      ([], "an empty machine password"), ([0], "an empty machine password"),
      ([0x61, 0xff, 0x62], "a machine password that is no UTF-8"),
      ([UInt8](repeating: 0x61, count: 2049), "a machine password of more than 2048 bytes"),
    ] as [([UInt8], String)] {
      var file = DatabaseBytes()
      file.add("SECRETS/MACHINE_PASSWORD/LAB", value)
      #expect(problem(file.bytes).hasSuffix(text))
    }
  }

  @Test func changedBytesNeverTrapAndShowNoPassword() {
    var random = SeededGenerator(seed: 17)
    var file = DatabaseBytes()
    file.add("SECRETS/MACHINE_PASSWORD/LAB", Array("Xzzzzz-Xzzzzz-Xzzzzz".utf8) + [0])
    file.add("SECRETS/MACHINE_PASSWORD.PREV/LAB", Array("Xzzzzz-Xzzzzz-Xzzzzz".utf8) + [0])
    let whole = file.bytes
    for _ in 0..<10_000 {
      var changed = whole
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        changed[Int.random(in: 36..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      #expect(!problem(changed).contains("Xzz"))
    }
  }
}
