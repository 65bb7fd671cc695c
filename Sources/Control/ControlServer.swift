// SPDX-License-Identifier: Apache-2.0

package import LinuxKernel
package import Report
package import TimeTypes

/// The daemon's end of the control socket: accepts, reads requests, answers, and sends new events to those who follow.
///
/// It runs on the loop of the control role and never blocks. Limits (`ControlProtocol`): connections, length of lines both ways,
/// what a slow reader may leave unread, idle time. What a client sends can cost it its connection, nothing else. [control]
package final class ControlServer {
  package let path: String
  package private(set) var log: EventLog
  private let loop: EventLoop
  private let tokens: Range<UInt64>
  private let listener: UnixListener
  private let socketUser: UInt32
  private let socketGroup: UInt32
  private weak var handler: (any ControlHandler)?
  private var connections: [UInt64: Open] = [:]
  private var isListening = true
  private var refusals = RefusalLimiter()

  private struct Open {
    var stream: UnixSocket
    var state: ControlConnection
    var lastRequest: RawInstant
    var isWaitingToWrite = false
  }

  /// Listens at `path` and watches it on `loop`. Uses tokens from `firstToken`, `ControlProtocol.connectionLimit + 1` of them.
  /// Missing directories above it are made (mode 0755). `owner`: who gets the socket after a privileged start.
  package init(
    path: String, loop: EventLoop, firstToken: UInt64, owner: (user: UInt32, group: UInt32)? = nil,
    logCapacity: Int = 1000,
    handler: any ControlHandler
  ) throws(KernelError) {
    self.path = path
    self.loop = loop
    self.handler = handler
    log = EventLog(capacity: logCapacity)
    tokens = firstToken..<(firstToken &+ UInt64(ControlProtocol.connectionLimit) &+ 1)
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try SmallFile.makeDirectory(String(path[..<slash]), mode: 0o755)
    }
    listener = try UnixListener(path: path, mode: 0o660, backlog: 16)
    if let owner { try SmallFile.setOwner(path, user: owner.user, group: owner.group) }
    let attributes = SmallFile.attributes(path)
    socketUser = attributes?.user ?? 0
    socketGroup = attributes?.group ?? 0
    try loop.add(listener.descriptor.rawValue, token: firstToken)
  }

  /// Handles an event of the loop; false = the token is not one of this server's.
  package func handle(_ event: PollEvent, now: RawInstant) -> Bool {
    switch event {
    case .readable(let token), .errorQueue(let token):
      guard tokens.contains(token) else { return false }
      if token == tokens.lowerBound { accept(now) } else { read(token, now) }
      return true
    case .writable(let token):
      guard tokens.contains(token) else { return false }
      flush(token)
      return true
    case .timer, .woken: return false
    }
  }

  /// Closes idle connections, and listens again after a shortage. Call about once a second.
  package func tick(now: RawInstant) {
    if !isListening {
      isListening = true
      loop.modify(listener.descriptor.rawValue, interest: .read)
    }
    let limit = TimeInterval.seconds(ControlProtocol.idleLimit)
    let idle = connections.filter { !$0.value.state.isFollowing && now - $0.value.lastRequest > limit }.map(\.key)
    for token in idle { close(token) }
  }

  /// Numbers an event, keeps it and sends it to every follower.
  @discardableResult
  package func record(_ event: EventRecord) -> EventRecord {
    let record = log.append(event)
    for token in connections.filter({ $0.value.state.isFollowing }).map(\.key) {
      connections[token]?.state.send(.event(record.json))
      flush(token)
    }
    return record
  }

  /// How many clients are connected.
  package var connectionCount: Int { connections.count }

  /// Closes everything and removes the socket's file. The last call.
  package func close() {
    for token in Array(connections.keys) { close(token) }
    loop.remove(listener.descriptor.rawValue)
    listener.removeFile()
  }

  private func accept(_ now: RawInstant) {
    // At most one round of the limit each time, so that a flood of connections cannot hold the role.
    for _ in 0...ControlProtocol.connectionLimit {
      do {
        guard let stream = try listener.accept() else { return }
        let credentials = try stream.credentials()
        let peer = ControlPeer(processID: credentials.pid, user: credentials.user, group: credentials.group)
        guard ControlAdmission.mayConnect(isOwner: isOwner(peer), connections: connections.count),
          let token = tokens.dropFirst().first(where: { connections[$0] == nil })
        else {
          turnAway(stream, peer)
          continue
        }
        try loop.add(stream.descriptor.rawValue, token: token)
        connections[token] = Open(stream: stream, state: ControlConnection(peer: peer), lastRequest: now)
      } catch {
        // Out of descriptors, most likely: without a pause the loop would spin on the waiting connection.
        isListening = false
        loop.modify(listener.descriptor.rawValue, interest: [])
        return
      }
    }
  }

  /// Says "busy" as far as that goes without waiting; the stream closes when it goes.
  private func turnAway(_ stream: UnixSocket, _ peer: ControlPeer) {
    var state = ControlConnection(peer: peer)
    state.send(ControlReply(.tooManyConnections(connections.count)))
    _ = try? stream.send(state.pending)
  }

  private func read(_ token: UInt64, _ now: RawInstant) {
    guard let open = connections[token] else { return }
    do {
      guard let bytes = try open.stream.receive() else { return }
      if bytes.isEmpty {
        connections[token]?.state.endOfInput()
        // A peer that is gone stays "readable": watch it no more but for what it has still to get.
        loop.modify(open.stream.descriptor.rawValue, interest: open.isWaitingToWrite ? .write : [])
      }
      let requests = connections[token]?.state.receive(bytes) ?? []
      for request in requests {
        switch request {
        case .success(let request):
          connections[token]?.lastRequest = now
          answer(request, token, now)
        case .failure(let error): connections[token]?.state.send(ControlReply(error))
        }
      }
    } catch {
      return close(token)
    }
    flush(token)
  }

  private func answer(_ request: ControlRequest, _ token: UInt64, _ now: RawInstant) {
    guard let handler, let peer = connections[token]?.state.peer else { return close(token) }
    if request.isChange, !mayChange(peer) {
      connections[token]?.state.send(refusal(of: request, peer, handler, now))
      return
    }
    let reply: ControlReply
    switch request {
    case .status: reply = .answer(request: request.name, body: handler.snapshot().json)
    case .sources: reply = .answer(request: request.name, body: handler.snapshot().sourcesJSON)
    case .providers:
      handler.queryProviders()
      reply = .answer(request: request.name, body: handler.snapshot().providersJSON)
    case .clocks: reply = .answer(request: request.name, body: handler.snapshot().clocksJSON)
    case .why: reply = .answer(request: request.name, body: handler.snapshot().whyJSON)
    case .events(let since, let limit, let follow):
      if follow, let refusal = admitFollower(token, peer) {
        reply = ControlReply(refusal)
      } else {
        reply = .answer(request: request.name, body: eventsJSON(since, limit))
      }
    case .resync(let force, let source):
      reply = resync(force, source, request.words, peer, handler)
    case .setTime(let nanoseconds, let within):
      reply = setTime(nanoseconds, within, request.words, peer, handler)
    }
    connections[token]?.state.send(reply)
  }

  /// Makes it a follower; an error = there are too many. Who follows already goes on.
  private func admitFollower(_ token: UInt64, _ peer: ControlPeer) -> ControlError? {
    guard connections[token]?.state.isFollowing == false else { return nil }
    let followers = connections.count { $0.value.state.isFollowing }
    guard ControlAdmission.mayFollow(isOwner: isOwner(peer), followers: followers) else {
      return .tooManyFollowers(followers)
    }
    connections[token]?.state.follow()
    return nil
  }

  private func resync(
    _ force: Bool, _ source: String?, _ what: String, _ peer: ControlPeer, _ handler: any ControlHandler
  ) -> ControlReply {
    if force, source != nil { return ControlReply(.refused(ControlRequest.forceOfOneSource)) }
    do {
      let text = try handler.resync(force: force, source: source)
      handler.raise(EventRecord(.controlCommand, text: "\(what) by \(peer.text)"))
      return .answer(
        request: "resync", body: .object([JSONMember("accepted", .boolean(true)), JSONMember("text", .string(text))]))
    } catch {
      return ControlReply(error)
    }
  }

  private func setTime(
    _ nanoseconds: Int64, _ within: TimeInterval?, _ what: String, _ peer: ControlPeer, _ handler: any ControlHandler
  ) -> ControlReply {
    do {
      let (text, offset) = try handler.setTime(nanoseconds, within: within)
      handler.raise(EventRecord(.controlCommand, text: "\(what) by \(peer.text)"))
      return .answer(
        request: "settime",
        body: .object([
          JSONMember("accepted", .boolean(true)), JSONMember("text", .string(text)),
          JSONMember("offset_ns", .integer(offset.nanoseconds)),
        ]))
    } catch {
      return ControlReply(error)
    }
  }

  /// What whoever may only read is answered; it is an event, too.
  private func refusal(
    of request: ControlRequest, _ peer: ControlPeer, _ handler: any ControlHandler, _ now: RawInstant
  ) -> ControlReply {
    if let others = refusals.take(at: now) {
      let more = others == 0 ? "" : " (and \(others) more refused since the last that was told)"
      handler.raise(
        EventRecord(
          .controlRefused, text: "\(request.words) refused: \(peer.text) may not change anything\(more)"))
    }
    return ControlReply(
      .notPermitted("you may read, but not change anything: be root, the daemon's user or in the group of \(path)"))
  }

  /// Root, the owner of the socket (the daemon's own user), or the group of the socket. (A supplementary group counts by the socket's mode alone: who is
  /// neither its owner nor in its group could not have connected to a socket of mode 0660.)
  private func mayChange(_ peer: ControlPeer) -> Bool {
    if isOwner(peer) || peer.group == socketGroup { return true }
    return SmallFile.attributes(path).map { $0.mode & 0o007 == 0 } ?? false
  }

  private func isOwner(_ peer: ControlPeer) -> Bool { peer.user == 0 || peer.user == socketUser }

  /// As many of the events as fit into a reply, the latest of them.
  private func eventsJSON(_ since: UInt64?, _ limit: UInt32?) -> JSONValue {
    var bodies: [JSONValue] = []
    var length = 0
    for record in log.events(since: since, limit: limit.map { Int($0) }).reversed() {
      var bytes: [UInt8] = []
      let json = record.json
      json.encode(into: &bytes)
      length += bytes.count + 1
      if length > ControlProtocol.replyLimit - 1024 { break }
      bodies.append(json)
    }
    return .object([
      JSONMember("events", .array(bodies.reversed())),
      JSONMember("last_sequence", .integer(Int64(clamping: log.lastSequence))),
    ])
  }

  private func flush(_ token: UInt64) {
    guard let open = connections[token] else { return }
    do {
      while let pending = connections[token]?.state.pending, !pending.isEmpty {
        let count = try open.stream.send(pending)
        if count == 0 { break }
        connections[token]?.state.wrote(count)
      }
    } catch {
      return close(token)
    }
    guard let state = connections[token]?.state, !state.isFinished else { return close(token) }
    let isWaiting = !state.pending.isEmpty
    if isWaiting != open.isWaitingToWrite {
      connections[token]?.isWaitingToWrite = isWaiting
      var interest: PollLoop.Interest = isWaiting ? [.write] : []
      if !state.isEnding { interest.insert(.read) }
      loop.modify(open.stream.descriptor.rawValue, interest: interest)
    }
  }

  private func close(_ token: UInt64) {
    guard let open = connections.removeValue(forKey: token) else { return }
    loop.remove(open.stream.descriptor.rawValue)
  }
}
