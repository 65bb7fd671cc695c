// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite struct DriftRecordTests {
  @Test func whatIsWrittenIsRead() throws {
    var generator = SeededGenerator(seed: 0xD21F7)
    let limit = DriftRecord.limit.partsPerBillion
    for _ in 0..<500 {
      let frequency = Frequency.partsPerBillion(Double.random(in: (-0.99 * limit)...(0.99 * limit), using: &generator))
      let record = try #require(DriftRecord(text: DriftRecord(frequency: frequency).text))
      #expect(abs(record.frequency.partsPerBillion - frequency.partsPerBillion) < 1e-6)
    }
    #expect(
      DriftRecord(text: "tompion drift 1\nfrequency_ppb = -12034.117\n")?.frequency == .partsPerBillion(-12034.117))
  }

  @Test(arguments: [
    "", "\n", "tompion drift 1", "tompion drift 1\n", "tompion drift 2\nfrequency_ppb = 1\n", "frequency_ppb = 1\n",
    "frequency_ppb = 1\ntompion drift 1\n", "tompion drift 1\nfrequency_ppm = 1\n",
    "tompion drift 1\nfrequency_ppb 1\n",
    "tompion drift 1\nfrequency_ppb = \n", "tompion drift 1\nfrequency_ppb = nan\n",
    "tompion drift 1\nfrequency_ppb = inf\n", "tompion drift 1\nfrequency_ppb = -infinity\n",
    "tompion drift 1\nfrequency_ppb = 1e999\n", "tompion drift 1\nfrequency_ppb = 1 ppm\n",
    "tompion drift 1\nfrequency_ppb = 1,5\n", "tompion drift 1\nfrequency_ppb = 0x10\n",
    "tompion drift 1\nfrequency_ppb = 1\nfrequency_ppb = 2\n",
    "tompion drift 1\nfrequency_ppb = 1\u{0}\n", "tompion drift 1\r\nfrequency_ppb = 1\r\n",
    "\u{FEFF}tompion drift 1\nfrequency_ppb = 1\n",
    "-12.034\n", "\u{FFFD}\u{FFFD}",
  ])
  func anythingElseIsNotBelieved(_ text: String) {
    #expect(DriftRecord(text: text) == nil)
  }

  @Test func noOscillatorIsOffThatFar() {
    let limit = DriftRecord.limit.partsPerBillion
    func record(_ value: Double) -> DriftRecord? { DriftRecord(text: "tompion drift 1\nfrequency_ppb = \(value)\n") }
    for sign in [-1.0, 1.0] {
      #expect(record(sign * limit.rounded(.down)) != nil)
      #expect(record(sign * (limit + 1)) == nil)
    }
  }

  @Test func randomBytesDoNoHarm() {
    var generator = SeededGenerator(seed: 42)
    let valid = Array(DriftRecord(frequency: .partsPerMillion(12)).text.utf8)
    for _ in 0..<2_000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let record = DriftRecord(text: String(decoding: bytes, as: UTF8.self)) else { continue }
      #expect(abs(record.frequency.partsPerBillion) <= DriftRecord.limit.partsPerBillion)
    }
  }
}
