// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

@Suite struct TrivialDatabaseTests {
  /// Keys and values, or the problem.
  private func read(_ file: [UInt8]) -> (records: [String: String], problem: String) {
    var records: [String: String] = [:]
    let bytes = file.span
    do throws(SecretProblem) {
      try TrivialDatabase(bytes).forEach(in: bytes) { key, data in
        records[String(decoding: key.map { file[$0] }, as: UTF8.self)] = String(
          decoding: data.map { file[$0] }, as: UTF8.self)
      }
      return (records, "")
    } catch {
      return (records, error.description)
    }
  }

  private func sample(_ empty: DatabaseBytes) -> DatabaseBytes {
    var file = empty
    for number in 0..<20 { file.add("key \(number)", Array("value \(number)".utf8)) }
    file.add("gone", Array("x".utf8), magic: 0xfee1_dead)
    return file
  }

  @Test(arguments: [
    DatabaseBytes(), DatabaseBytes(chains: 1), DatabaseBytes(chains: 131, isSwapped: true),
    DatabaseBytes(chains: 5, mutexes: 640),
  ])
  func recordsOfAllChainsAreFound(_ empty: DatabaseBytes) {
    let (records, problem) = read(sample(empty).bytes)
    #expect(problem.isEmpty)
    #expect(records == Dictionary(uniqueKeysWithValues: (0..<20).map { ("key \($0)", "value \($0)") }))
  }

  @Test func whatIsNoDatabaseIsTold() {
    #expect(read([]).problem == "at byte 0: no database of Samba: it begins with \"TDB file\"")
    #expect(read(Array(repeating: 0x54, count: 400)).problem.hasPrefix("at byte 0"))
    var old = DatabaseBytes()
    old.put(0x2601_196c, at: 32)
    #expect(read(old.bytes).problem == "at byte 32: a tdb of another version than 6")
    var wide = DatabaseBytes()
    wide.put(1_000_000, at: 36)
    #expect(read(wide.bytes).problem == "at byte 36: a table of 1000000 chains does not fit: the file is cut off")
    wide.put(0, at: 36)
    #expect(read(wide.bytes).problem.hasPrefix("at byte 36"))
  }

  @Test func brokenRecordsAreTold() {
    var file = DatabaseBytes(chains: 1)
    let first = file.add("a", [1])
    let second = file.add("b", [2])
    var ring = file
    ring.put(first, at: second)
    #expect(read(ring.bytes).problem.hasSuffix("a chain of records that does not end"))
    var outside = file
    outside.put(0x7fff_ffff, at: second)
    #expect(read(outside.bytes).problem == "at byte 2147483647: a record that lies outside of the file")
    outside.put(4, at: second)
    #expect(read(outside.bytes).problem == "at byte 4: a record that lies outside of the file")
    var long = file
    long.put(0xffff_ffff, at: second + 12)
    #expect(read(long.bytes).problem == "at byte \(second): a record that is longer than the file")
    long.put(0, at: second + 12)
    long.put(0xffff_fff0, at: second + 8)
    #expect(read(long.bytes).problem == "at byte \(second): a record that is longer than the file")
    var other = file
    other.put(0xd9fe_e666, at: second + 20)
    #expect(read(other.bytes).problem == "at byte \(second): no record where one should be")
  }

  @Test func changedBytesNeverTrap() {
    var random = SeededGenerator(seed: 0x2601_196d)
    let whole = sample(DatabaseBytes()).bytes
    for _ in 0..<4000 {
      var file = whole
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        file[Int.random(in: 32..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      _ = read(Array(file.prefix(Int.random(in: 0...file.count * 2, using: &random))))
    }
  }
}
