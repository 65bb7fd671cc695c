// SPDX-License-Identifier: Apache-2.0

import Control
import Report
import TestSupport
import Testing

@Suite("A control connection")
struct ControlConnectionTests {
  private let peer = ControlPeer(processID: 1, user: 2, group: 3)

  private func line(_ request: ControlRequest) -> [UInt8] { Array((request.json.encoded + "\n").utf8) }

  /// Answers as the server does: each in its turn.
  private func answer(_ requests: [Result<ControlRequest, ControlError>], _ connection: inout ControlConnection) {
    for request in requests {
      switch request {
      case .success(let request): connection.send(.answer(request: request.name, body: .null))
      case .failure(let error): connection.send(ControlReply(error))
      }
    }
  }

  /// What waits to be sent: the requests that are answered, the codes of refusals.
  private func replies(_ connection: ControlConnection) throws -> [String] {
    try connection.pending.split(separator: 10).map { line in
      switch try ControlReply(line: Array(line)) {
      case .answer(let request, _): request
      case .failure(let code, _): code
      case .event: "event"
      }
    }
  }

  @Test("requests come out whole, however they are cut")
  func pieces() {
    let bytes = line(.status) + line(.why) + line(.resync(force: true, source: nil))
    for size in 1...bytes.count {
      var connection = ControlConnection(peer: peer)
      var requests: [Result<ControlRequest, ControlError>] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        requests += connection.receive(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(requests == [.success(.status), .success(.why), .success(.resync(force: true, source: nil))])
      #expect(connection.pending.isEmpty && !connection.isFinished)
    }
  }

  @Test("a line that is no request is answered, and ends the connection after what was sent")
  func malformed() throws {
    var connection = ControlConnection(peer: peer)
    answer(connection.receive(Array("hello\n".utf8) + line(.status)), &connection)
    #expect(connection.isEnding && !connection.isFinished)
    #expect(try replies(connection) == ["malformed"])
    #expect(connection.receive(line(.status)).isEmpty)
    connection.wrote(connection.pending.count)
    #expect(connection.isFinished)
  }

  @Test("a reader that always leaves something costs no more memory than what it leaves")
  func steadyRemainder() {
    var connection = ControlConnection(peer: peer)
    for _ in 0..<10_000 {
      connection.send(ControlReply(.tooManyConnections(16)))
      if connection.pending.count > 2000 { connection.wrote(connection.pending.count - 1000) }
    }
    #expect(!connection.isDropped && connection.pending.count >= 1000)
    #expect(connection.backlogBytes < 200_000)
  }

  @Test("a request before the wrong line still counts")
  func beforeMalformed() {
    var connection = ControlConnection(peer: peer)
    #expect(connection.receive(line(.status)) == [.success(.status)])
    #expect(connection.receive(Array("\r\n\n".utf8)).isEmpty)
    #expect(!connection.isEnding)
  }

  @Test("good lines before a wrong one in the same read are answered first")
  func order() throws {
    var connection = ControlConnection(peer: peer)
    answer(connection.receive(line(.status) + line(.why) + Array("hello\n".utf8) + line(.status)), &connection)
    #expect(try replies(connection) == ["status", "why", "malformed"])
    #expect(connection.isEnding && !connection.isFinished)
  }

  @Test("a line without end is refused at the limit, not before")
  func tooLong() {
    var connection = ControlConnection(peer: peer)
    #expect(connection.receive([UInt8](repeating: 32, count: ControlProtocol.requestLimit - 1)).isEmpty)
    #expect(!connection.isEnding)
    #expect(connection.receive([32]) == [.failure(.tooLong(limit: ControlProtocol.requestLimit))])
    #expect(connection.isEnding)
  }

  @Test("who does not read is dropped, and its backlog freed")
  func slow() {
    var connection = ControlConnection(peer: peer)
    let reply = ControlReply.event(.string(String(repeating: "x", count: 100_000)))
    var count = 0
    while !connection.isDropped, count < 1000 {
      connection.send(reply)
      count += 1
    }
    #expect(count == ControlProtocol.backlogLimit / (reply.json.encoded.utf8.count + 1) + 1)
    #expect(connection.pending.isEmpty && connection.isFinished)
  }

  @Test("a reply beyond the limit becomes an error")
  func tooLongReply() {
    var connection = ControlConnection(peer: peer)
    connection.send(.event(.string(String(repeating: "x", count: ControlProtocol.replyLimit))))
    #expect(connection.pending.count < 200)
    #expect(String(decoding: connection.pending, as: UTF8.self).contains("too-long"))
  }

  @Test("bytes at random: requests or an end, and never more than is sent")
  func fuzz() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      var connection = ControlConnection(peer: peer)
      for _ in 0..<20 {
        let bytes = random.bytes(Int.random(in: 0..<700, using: &random)).map { $0 % 23 == 0 ? UInt8(10) : $0 }
        answer(connection.receive(bytes), &connection)
        connection.wrote(Int.random(in: -5..<1000, using: &random))
      }
    }
  }
}
