// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import Testing

@Suite("NIST's rules")
struct NISTRulesTests {
  @Test(
    "each rule, and none that is not broken",
    arguments: [
      (SymmetricKey(id: 1, algorithm: .sha256, secret: Array("_HQm!vNh".utf8)), ""),
      (SymmetricKey(id: 32767, algorithm: .hmacSHA256, secret: Array("~!".utf8)), ""),
      (SymmetricKey(id: 32768, algorithm: .md5, secret: Array("x".utf8)), "1 to 32767"),
      (SymmetricKey(id: 5, algorithm: .sha384, secret: Array("x".utf8)), "offer"),
      (SymmetricKey(id: 5, algorithm: .sha1, secret: Array("a b".utf8)), "printable"),
      (SymmetricKey(id: 5, algorithm: .sha1, secret: [0x80]), "printable"),
      (SymmetricKey(id: 5, algorithm: .sha1, secret: Array("a,b".utf8)), "comma"),
      (SymmetricKey(id: 5, algorithm: .sha1, secret: Array("a#b".utf8)), "comma"),
    ])
  func rules(key: SymmetricKey, reason: String) {
    let problems = NISTRules.problems(of: [key])
    #expect(
      problems.count == (reason.isEmpty ? 0 : 1)
        && problems.allSatisfy { $0.problem.contains(reason) && $0.id == key.id })
  }
}
