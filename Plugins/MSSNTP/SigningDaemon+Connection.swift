// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// The connection to the daemon: opened, read, written, ended and made again.
extension SigningDaemon {
  func connect(_ now: RawInstant) -> Bool {
    switch host.streams.open(.unix(path), timeout: 2000) {
    case .success(let stream):
      state = .opening(stream)
      resetStream()
      return true
    case .failure:
      backOff(now)
      return false
    }
  }

  func resetStream() {
    answers.reset()
    unsent = 0
    isBlocked = false
    silent = 0
  }

  func backOff(_ now: RawInstant) {
    retryAt = now + pause
    pause = min(pause + pause, Self.longestPause)
  }

  private func isOurs(_ stream: UInt32) -> Bool { state == .opening(stream) || state == .open(stream) }

  /// [capture]
  package func opened(_ stream: UInt32, _ status: Status, now: RawInstant) {
    guard isOurs(stream) else { return }
    guard status == .ok else { return ended(now) }
    state = .open(stream)
    connections &+= 1
    send()
    rearm()
  }

  /// Bytes came; none = the daemon has ended its direction. [capture]
  package func received(_ stream: UInt32, _ bytes: Span<UInt8>, now: RawInstant) {
    guard isOurs(stream) else { return }
    guard bytes.count > 0 else { return close(stream, now) }
    let isReadable = answers.take(bytes) { answer in
      silent = 0
      fruitless = 0
      pause = Self.firstPause
      answeredAt = now
      switch answer {
      case .signed(let id, let packet):
        // An answer to what was given up meanwhile is nobody's.
        guard let reply = queue.take(id) else { return true }
        if Self.isAnswer(packet, to: reply) {
          signedCount &+= 1
          decisions.append((reply, .signed(packet)))
          return true
        }
        decide(reply, .otherPacket)
        // It does not know what it says: nothing of this connection is to be trusted.
        return false
      case .refused(let id):
        if let reply = queue.take(id) { decide(reply, .unknownAccount) }
        return true
      case .nonsense: return false
      }
    }
    guard isReadable else {
      close(stream, now)
      // Its answers were wrong, so asking at once would not help.
      backOff(now)
      return
    }
    send()
    rearm()
  }

  /// Whether the packet is the reply that was sent, with its key id and some checksum.
  private static func isAnswer(_ packet: InlineArray<68, UInt8>, to reply: PendingReply) -> Bool {
    for index in 0..<48 where packet[index] != reply.header[index] { return false }
    for index in 0..<4 where packet[48 + index] != UInt8(truncatingIfNeeded: reply.selection.keyID >> UInt32(8 * index))
    {
      return false
    }
    return !SignedMessage.isBlank(packet.span, .authenticator)
  }

  /// [capture]
  package func writable(_ stream: UInt32, now: RawInstant) {
    guard state == .open(stream) else { return }
    isBlocked = false
    send()
  }

  /// The host has closed it. [capture]
  package func failed(_ stream: UInt32, now: RawInstant) {
    guard isOurs(stream) else { return }
    ended(now)
  }

  private func close(_ stream: UInt32, _ now: RawInstant) {
    host.streams.close(stream, abort: true)
    ended(now)
  }

  private func ended(_ now: RawInstant) {
    let wasOpen = isConnected
    state = .idle
    resetStream()
    var causes = 0
    queue.connectionEnded { reply in
      causes += 1
      if let answeredAt, now - answeredAt <= Self.trustedFor { banned.ban(reply.selection.rid, now: now) }
      decide(reply, .closesConnection)
    }
    // Samba ends a connection for one account, and is there all the same; a connection that ends for nothing is no use.
    if wasOpen { fruitless += 1 }
    if fruitless < Self.fruitlessLimit, wasOpen && !queue.isEmpty || causes > 0 {
      retryAt = now
      if !connect(now) { giveUp() }
    } else {
      backOff(now)
      giveUp()
    }
    rearm()
  }

  /// Without a connection, and without one soon, nothing waits.
  func giveUp() { queue.removeAll { decide($0, .unreachable) } }

  func decide(_ reply: PendingReply, _ reason: Reason) {
    decisions.append((reply, .refused(refuse(reason))))
  }

  func send() {
    guard case .open(let stream) = state, !isBlocked else { return }
    while true {
      if unsent == 0 {
        guard let (id, reply) = queue.next() else { return }
        frame = SigningFrame.request(id: id, keyID: reply.selection.keyID, header: reply.header)
        unsent = SigningFrame.requestLength
      }
      let rest = frame.span.extracting(SigningFrame.requestLength - unsent..<SigningFrame.requestLength)
      unsent -= min(host.streams.send(stream, rest), unsent)
      if unsent > 0 {
        isBlocked = true
        return
      }
    }
  }
}
