// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
package import Report
import TimeTypes

/// The command line's end of the control socket: one request, its reply, then events if they are followed. Blocks; one thread.
package final class ControlClient {
  private let stream: UnixSocket
  private let loop: PollLoop
  private var framer = LineFramer(limit: ControlProtocol.replyLimit)
  private let timeout: Int64

  /// Connects. The error says in words what to do about it.
  package init(path: String, timeoutSeconds: Int64 = 10) throws(ControlUnreachable) {
    timeout = timeoutSeconds
    do {
      stream = try UnixSocket.connect(path)
      loop = try PollLoop(capacity: 1, timerCapacity: 1)
      try loop.add(stream.descriptor.rawValue, token: 0)
    } catch {
      throw ControlUnreachable(path: path, errno: error.errno)
    }
  }

  /// Sends a request and waits for its answer's body.
  package func ask(_ request: ControlRequest) throws(ControlError) -> JSONValue {
    var bytes: [UInt8] = []
    request.json.encode(into: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    guard bytes.count <= ControlProtocol.requestLimit else { throw .tooLong(limit: ControlProtocol.requestLimit) }
    var rest = bytes[...]
    do {
      while !rest.isEmpty {
        let count = try stream.send(rest)
        rest = rest.dropFirst(count)
      }
    } catch {
      // A daemon that turned us away has said why before it closed.
      if case .failure(let code, let text)? = try nextReply(waiting: timeout) {
        throw ControlError(code: code, text: text)
      }
      throw Self.failure(error)
    }
    switch try nextReply(waiting: timeout) {
    case .answer(let name, let body)? where name == request.name: return body
    case .failure(let code, let text)?: throw ControlError(code: code, text: text)
    case .answer?, .event?: throw .malformed("the reply is not one to the request \(request.name)")
    case nil: throw .timeout(seconds: timeout)
    }
  }

  /// Waits for the next event of those that are followed; nil = none within a second.
  package func nextEvent() throws(ControlError) -> EventRecord? {
    switch try nextReply(waiting: 1) {
    case nil: return nil
    case .event(let body)?:
      guard let record = EventRecord(json: body) else { throw .malformed("what was sent as an event is none") }
      return record
    case .failure(let code, let text)?: throw ControlError(code: code, text: text)
    case .answer?: throw .malformed("an answer came that nobody asked for")
    }
  }

  private func nextReply(waiting seconds: Int64) throws(ControlError) -> ControlReply? {
    let deadline = RawClock.now() + .seconds(seconds)
    while true {
      if let line = try framer.take() { return try ControlReply(line: line) }
      let bytes: [UInt8]?
      do {
        guard try isReadable(before: deadline) else { return nil }
        bytes = try stream.receive(limit: 65_536)
      } catch {
        throw Self.failure(error)
      }
      guard let bytes else { continue }
      if bytes.isEmpty { throw .disconnected }
      framer.append(bytes)
    }
  }

  private func isReadable(before deadline: RawInstant) throws(KernelError) -> Bool {
    while true {
      try loop.wait(until: deadline)
      while let event = loop.next() {
        if event != .woken { return true }
      }
      if RawClock.now() >= deadline { return false }
    }
  }

  private static func failure(_ error: KernelError) -> ControlError {
    // ECONNRESET and EPIPE: the daemon went away.
    error.errno == 104 || error.errno == 32
      ? .disconnected : .kernel(operation: error.operation.description, errno: error.errno)
  }
}

/// There is no daemon to talk to.
package struct ControlUnreachable: Error, Sendable, Equatable, CustomStringConvertible {
  package var path: String
  package var errno: Int32

  package init(path: String, errno: Int32) {
    self.path = path
    self.errno = errno
  }

  /// "cannot reach tompiond at /run/tompion/control.sock: no such file; is it running?"
  package var description: String {
    let reason =
      switch errno {
      case 2: "no such file; is it running?"
      case 20: "a part of the path is not a directory; is it running?"
      case 111: "nobody listens there; is it running?"
      case 13: "permission denied; be root or join the group that owns the socket"
      case 36: "the path is too long for a socket (107 bytes at most)"
      case 11: "it is too busy; try again"
      default: KernelError.text(of: errno)
      }
    return "cannot reach tompiond at \(printable(path)): \(reason)"
  }
}
