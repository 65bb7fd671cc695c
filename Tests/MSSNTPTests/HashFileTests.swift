// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

@Suite struct HashFileTests {
  private static let hash = "b4b9b02e6f09a9bd760f388b67351e2b"
  private static let other = "8846f7eaee8fb117ad06bdd830b7586c"

  private func read(_ text: String) -> (holders: [KeyHolder], problems: [SecretProblem]) {
    HashFile.read(Array(text.utf8).span)
  }

  /// An array that grows twofold leaves its hashes where it was; one that is made for all lines at once does not.
  @Test func hashesAreNotLeftBehind() {
    let lines = (1...600).map { "A\($0)$ \($0) machine \(Self.hash)\n" }
    let holders = read(lines.joined()).holders
    #expect(holders.count == lines.count && holders.capacity < 800)
  }

  @Test func accountsAreReadLineByLine() throws {
    let (holders, problems) = read(
      """
      # the members
      CLIENT1$ 1103 machine \(Self.hash)
      \tOTHERDOM$\t1107   trust  \(Self.other.uppercased())  \(Self.hash)   # with the password before

      Ärger$ 4294967295 machine \(Self.other)\r
      """)
    #expect(problems.isEmpty)
    #expect(holders.map(\.account) == ["CLIENT1$", "OTHERDOM$", "Ärger$"])
    #expect(holders.map(\.rid) == [1103, 1107, .max])
    #expect(holders.map(\.kind) == [.machine, .trust, .machine])
    #expect(holders.map { text($0.current) } == [Self.hash, Self.other, Self.other])
    #expect(holders.map { text($0.previous) } == [nil, Self.hash, nil])
  }

  @Test(
    arguments: [
      ("CLIENT1$ 1103", "2 parts; right is ACCOUNT$ RID machine|trust HASH [PREVIOUS HASH]"),
      ("A$ 1 machine X Y Z", "6 parts; right is ACCOUNT$ RID machine|trust HASH [PREVIOUS HASH]"),
      (
        "alice 1104 machine \(hash)",
        "the first part is no name of a machine or trust account, which ends in \"$\"; right is ACCOUNT$ RID machine|trust HASH [PREVIOUS HASH]"
      ),
      ("A$ 0 machine \(hash)", "the RID of A$ is no number from 1 to 4294967295"),
      ("A$ 4294967296 machine \(hash)", "the RID of A$ is no number from 1 to 4294967295"),
      ("A$ 0x44f machine \(hash)", "the RID of A$ is no number from 1 to 4294967295"),
      ("A$ 1 user \(hash)", "what A$ is has to be \"machine\" or \"trust\""),
      ("A$ 1 machine \(hash)00", "the hash of A$ is not 32 hexadecimal digits"),
      ("A$ 1 machine secret", "the hash of A$ is not 32 hexadecimal digits"),
      ("A$ 1 machine 31d6cfe0d16ae931b73c59d7e0c089c0", "the hash of A$ is that of an empty password"),
      ("A$ 1 machine \(hash) zz", "the previous hash of A$ is not 32 hexadecimal digits"),
      ("A$ 1 machine \(hash) 00000000000000000000000000000000", "the previous hash of A$ is that of an empty password"),
    ])
  func aBrokenLineLosesOnlyItself(_ line: String, _ text: String) {
    let (holders, problems) = read("FIRST$ 7 machine \(Self.hash)\n\(line)\nLAST$ 8 machine \(Self.other)\n")
    #expect(holders.map(\.account) == ["FIRST$", "LAST$"])
    #expect(problems == [SecretProblem(.line(2), text)])
  }

  @Test func oneRIDIsOneAccount() {
    let (holders, problems) = read("A$ 7 machine \(Self.hash)\nB$ 7 machine \(Self.other)\n")
    #expect(holders.map(\.account) == ["A$"])
    #expect(problems.map(\.description) == ["line 2: RID 7 is there twice; the first line counts"])
  }

  @Test func thereIsAnEnd() {
    let lines = (1...HashFile.holderLimit + 2).map { "A$ \($0) machine \(Self.hash)\n" }.joined()
    let (holders, problems) = read(lines)
    #expect(holders.count == HashFile.holderLimit && problems.count == 1)
  }

  /// A hash in the wrong place, or half of one, is in no problem.
  @Test func noHashIsEverShown() {
    var random = SeededGenerator(seed: 16)
    let good = "CLIENT1$ 1103 machine \(Self.hash) \(Self.other)\n"
    for _ in 0..<20_000 {
      var file = Array((good + good + good).utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: file[Int.random(in: 0..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        case 1: file.remove(at: Int.random(in: 0..<file.count, using: &random))
        default: file.insert(0x20, at: Int.random(in: 0...file.count, using: &random))
        }
      }
      for problem in HashFile.read(file.span).problems {
        #expect(
          !problem.text.contains("b4b9b0") && !problem.text.contains("8846f7") && !problem.text.contains("351e2b"))
      }
    }
  }
}
