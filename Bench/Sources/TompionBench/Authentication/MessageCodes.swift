// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CPeers

/// What a packet's code costs, made and checked, beside the same calls of libcrypto from C.
struct MessageCodes: Entry {
  var names: [String] { AuthenticationSubject.names.flatMap { ["auth.\($0).sign", "auth.\($0).verify"] } }
  var summary: String {
    "the code of a packet of 48 bytes with a key that is there, against OpenSSL in C"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    try AuthenticationSubject.names.indices.flatMap { try measure($0, context) }
  }

  private func measure(_ number: Int, _ context: RunContext) throws -> [Outcome] {
    let name = "auth.\(AuthenticationSubject.names[number])"
    let count = context.count(50_000)
    let key = (0..<(name.hasSuffix("aes128-cmac") ? 16 : 32)).map { UInt8($0 * 5 + 1) }
    guard let ours = AuthenticationSubject(number, key: key),
      let theirs = bench_code_make(Int32(number), key, UInt32(key.count))
    else { throw Skip(reason: "libcrypto refuses \(name)") }
    defer { bench_code_free(theirs) }
    // Both come to the same: what is compared is the same work.
    guard ours.sign(256) == bench_code_sign(theirs, 256), ours.verify(512) == 2, bench_code_verify(theirs, 512) == 2
    else { throw Skip(reason: "\(name): the two do not agree") }
    var sums: UInt64 = 0
    let sign = Rounds(
      context.rounds(21), ours: { nanoseconds { sums &+= ours.sign(count) } / Double(count) },
      theirs: { nanoseconds { sums &+= bench_code_sign(theirs, UInt64(count)) } / Double(count) })
    let verify = Rounds(
      context.rounds(21), ours: { nanoseconds { sums &+= ours.verify(count) } / Double(count) },
      theirs: { nanoseconds { sums &+= bench_code_verify(theirs, UInt64(count)) } / Double(count) })
    return [
      sign.outcome("\(name).sign", unit: "ns", peer: "c-openssl", limit: 1.2),
      verify.outcome("\(name).verify", unit: "ns", peer: "c-openssl", limit: 1.2),
    ]
  }
}
