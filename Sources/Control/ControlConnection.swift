// SPDX-License-Identifier: Apache-2.0

import Report

/// One client as a state machine: bytes in, requests out; replies in, bytes out. It knows no socket. [control]
package struct ControlConnection {
  package let peer: ControlPeer
  /// Gets every new event.
  package private(set) var isFollowing = false
  /// Nothing more is read; it ends when everything is sent.
  package private(set) var isEnding = false
  /// It read too slowly and is to be closed at once.
  package private(set) var isDropped = false
  private var framer = LineFramer(limit: ControlProtocol.requestLimit)
  private var outgoing: [UInt8] = []
  private var sent = 0

  package init(peer: ControlPeer) { self.peer = peer }

  /// Takes what came, returns the complete requests in order, each to be answered in that order. What is not a request is the last
  /// and ends the connection: after it nothing can be trusted to begin a line.
  package mutating func receive(_ bytes: some Sequence<UInt8>) -> [Result<ControlRequest, ControlError>] {
    guard !isEnding, !isDropped else { return [] }
    framer.append(bytes)
    var requests: [Result<ControlRequest, ControlError>] = []
    do {
      while let line = try framer.take() {
        // An empty line is a keep-alive; people at a terminal send them, too.
        if line.allSatisfy({ $0 == 13 || $0 == 32 }) { continue }
        requests.append(.success(try ControlRequest(line: line)))
      }
    } catch {
      requests.append(.failure(error))
      isEnding = true
    }
    return requests
  }

  /// The client will send nothing more.
  package mutating func endOfInput() { isEnding = true }

  package mutating func follow() { isFollowing = true }

  /// Puts a reply into the backlog. One that is too long is replaced by an error; a backlog that is too long drops the client.
  package mutating func send(_ reply: ControlReply) {
    guard !isDropped else { return }
    var bytes: [UInt8] = []
    reply.json.encode(into: &bytes)
    if bytes.count >= ControlProtocol.replyLimit {
      bytes = []
      ControlReply.failure(code: "too-long", text: "the reply is longer than \(ControlProtocol.replyLimit) bytes").json
        .encode(into: &bytes)
    }
    guard outgoing.count - sent + bytes.count + 1 <= ControlProtocol.backlogLimit else {
      isDropped = true
      outgoing = []
      sent = 0
      return
    }
    outgoing += bytes
    outgoing.append(UInt8(ascii: "\n"))
  }

  /// What is to be written now.
  package var pending: ArraySlice<UInt8> { outgoing[sent...] }

  /// So many of the pending bytes were written.
  package mutating func wrote(_ count: Int) {
    sent = min(sent + max(count, 0), outgoing.count)
    guard sent == outgoing.count else {
      // A reader that always leaves something must not make it grow without end.
      if sent > 1 << 16, sent > outgoing.count / 2 {
        outgoing.removeFirst(sent)
        sent = 0
      }
      return
    }
    outgoing.removeAll(keepingCapacity: outgoing.capacity <= 1 << 16)
    sent = 0
  }

  /// What is kept for it, sent or not, bytes.
  package var backlogBytes: Int { outgoing.count }

  /// Time to close it.
  package var isFinished: Bool { isDropped || (isEnding && pending.isEmpty) }
}

/// Who is at the other end (SO_PEERCRED, unix(7)): the ids that the kernel noted when the connection was made.
package struct ControlPeer: Sendable, Equatable {
  package var processID: Int32
  package var user: UInt32
  package var group: UInt32

  package init(processID: Int32, user: UInt32, group: UInt32) {
    self.processID = processID
    self.user = user
    self.group = group
  }

  /// For the log: "user 1000, process 4711".
  package var text: String { "user \(user), process \(processID)" }
}
