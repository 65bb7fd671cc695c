// SPDX-License-Identifier: Apache-2.0

import Control
import Report
import TestSupport
import Testing

@Suite("Control requests and replies")
struct ControlRequestTests {
  static let all: [ControlRequest] = [
    .status, .sources, .providers, .why, .events(since: nil, limit: nil, follow: false),
    .events(since: 7, limit: 3, follow: true),
    .resync(force: false, source: nil), .resync(force: true, source: "ntp\u{1B}.example"),
    .setTime(nanoseconds: 1_795_356_200_500_000_000, within: nil),
    .setTime(nanoseconds: -1, within: .milliseconds(250)),
  ]

  @Test("each request comes back as it went", arguments: all)
  func roundTrip(_ request: ControlRequest) throws {
    #expect(try ControlRequest(line: Array(request.json.encoded.utf8)) == request)
  }

  @Test("what a person types is enough")
  func short() throws {
    #expect(try ControlRequest(line: Array("{\"request\":\"status\"}".utf8)) == .status)
    #expect(
      try ControlRequest(line: Array("{\"request\":\"events\",\"follow\":true}".utf8))
        == .events(since: nil, limit: nil, follow: true))
  }

  @Test(
    "what is no request is refused with its reason",
    arguments: [
      ("", "malformed"), ("status", "malformed"), ("[]", "malformed"), ("{}", "malformed"),
      ("{\"request\":3}", "malformed"),
      ("{\"request\":\"reboot\"}", "unknown"), ("{\"request\":\"status\",\"force\":true}", "unknown"),
      ("{\"tompion\":2,\"request\":\"status\"}", "version"),
      ("{\"tompion\":\"1\",\"request\":\"status\"}", "malformed"),
      ("{\"request\":\"resync\",\"force\":1}", "malformed"), ("{\"request\":\"resync\",\"source\":1}", "malformed"),
      ("{\"request\":\"settime\"}", "malformed"), ("{\"request\":\"settime\",\"time_ns\":\"now\"}", "malformed"),
      ("{\"request\":\"settime\",\"time_ns\":1,\"within_ns\":999999}", "malformed"),
      ("{\"request\":\"settime\",\"time_ns\":1,\"within_ns\":3600000000001}", "malformed"),
      ("{\"request\":\"settime\",\"time_ns\":1,\"force\":true}", "unknown"),
      ("{\"request\":\"events\",\"since\":-1}", "malformed"), ("{\"request\":\"events\",\"limit\":\"x\"}", "malformed"),
    ])
  func refused(_ line: String, _ code: String) {
    let error = #expect(throws: ControlError.self) { try ControlRequest(line: Array(line.utf8)) }
    #expect(error?.code == code)
    #expect(error?.description.isEmpty == false)
  }

  @Test("only resync and settime change something")
  func changes() { #expect(Self.all.filter(\.isChange).map(\.name) == ["resync", "resync", "settime", "settime"]) }

  @Test("each reply comes back as it went; what is none is refused")
  func replies() throws {
    for reply in [
      ControlReply.answer(request: "why", body: .object([])), .event(.integer(1)), .failure(code: "busy", text: "t"),
    ] {
      #expect(try ControlReply(line: Array(reply.json.encoded.utf8)) == reply)
    }
    for line in [
      "", "HTTP/1.1 400", "{}", "{\"tompion\":1}", "{\"tompion\":9,\"reply\":\"x\",\"body\":1}",
      "{\"tompion\":1,\"error\":\"x\"}",
    ] {
      #expect(throws: ControlError.self) { try ControlReply(line: Array(line.utf8)) }
    }
  }

  @Test("bytes at random are refused, never a trap")
  func fuzz() {
    var random = SeededGenerator(seed: 660)
    for round in 0..<10_000 {
      var bytes = random.bytes(Int.random(in: 0..<80, using: &random))
      if round % 2 == 0 {
        bytes = Array(Self.all[round / 2 % Self.all.count].json.encoded.utf8)
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      _ = try? ControlRequest(line: bytes)
      _ = try? ControlReply(line: bytes)
    }
  }
}
