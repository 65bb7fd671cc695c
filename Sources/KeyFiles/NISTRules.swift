// SPDX-License-Identifier: Apache-2.0

/// What NIST asks of a key for its authenticated time service: numbers 1 to 32767; MD5, SHA1, SHA256 or HMAC-SHA256; printable ASCII
/// without blank, comma and "#".
package enum NISTRules {
  /// One problem for each rule that a key breaks; the secret is in none.
  package static func problems(of keys: [SymmetricKey]) -> [KeyFileProblem] { keys.flatMap(problems) }

  private static func problems(_ key: SymmetricKey) -> [KeyFileProblem] {
    var problems: [KeyFileProblem] = []
    func add(_ problem: String, _ advice: String) {
      problems.append(KeyFileProblem(line: key.line, id: key.id, losesKey: false, problem, advice: advice))
    }
    if key.id > 32767 { add("NIST numbers its keys 1 to 32767", "use the number that NIST gave") }
    switch key.algorithm {
    case .md5, .sha1, .sha256, .hmacSHA256: break
    default: add("NIST does not offer \(key.algorithm.name)", "it is sha256, hmac-sha256, sha1 or md5")
    }
    if !key.secret.allSatisfy({ (0x21...0x7e).contains($0) }) {
      add("the key is not printable ASCII without blanks, as NIST's are", "was it typed with a digit too few?")
    } else if key.secret.contains(UInt8(ascii: ",")) || key.secret.contains(UInt8(ascii: "#")) {
      add("the key has a comma or a \"#\" in it, which NIST's have not", "compare it with NIST's letter")
    }
    return problems
  }
}
