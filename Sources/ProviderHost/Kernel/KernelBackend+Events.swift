// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
import LinuxKernel
import TimeTypes

/// What the loop brings, handed to whom it is about; and the answers of the resolver. The loop's thread.
extension KernelBackend {
  package func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status {
    if let status = lookups.startResolve(name, family: family, token: token) { return status }
    guard resolver.start(name, family: family, token: token) else { return TOMPION_AGAIN }
    // Without other threads the answer is there already, and is told from the loop, never from inside this call.
    if loop.waker == nil { _ = loop.arm(Token.make(number, Token.answer, 0), at: RawClock.now()) }
    return TOMPION_OK
  }

  private func tellAnswers() {
    while let answer = resolver.next() {
      // Sound: the array lives through the call.
      unsafe answer.addresses.withUnsafeBufferPointer { addresses in
        unsafe instance?.resolved(token: answer.token, status: answer.status, addresses: addresses, text: answer.text)
      }
    }
  }

  // MARK: events of the loop

  /// Another thread woke the loop: answers, requests for polls, posted commands.
  package func woken() {
    guard worker == 0 else { return }
    beginPolling()
    tellAnswers()
    instance?.deliverCommands()
  }

  /// One of this instance's events.
  func handle(_ event: PollEvent, now: RawInstant) {
    switch event {
    case .readable(let token):
      let id = UInt32(truncatingIfNeeded: token)
      switch Token.kind(token) {
      case Token.socket: receive(handle: id)
      case Token.device: deviceReady(id)
      default: streamReadable(id)
      }
    case .errorQueue(let token):
      let id = UInt32(truncatingIfNeeded: token)
      switch Token.kind(token) {
      case Token.socket: readErrors(handle: id)
      case Token.device: deviceReady(id)
      default: streamTroubled(id)
      }
    case .writable(let token):
      if Token.kind(token) == Token.stream { streamWritable(UInt32(truncatingIfNeeded: token)) }
    case .timer(let token): expire(token, now: now)
    case .woken: break
    }
  }

  private func expire(_ token: UInt64, now: RawInstant) {
    let id = UInt32(truncatingIfNeeded: token)
    switch Token.kind(token) {
    case Token.timer:
      instance?.expired(timer: id, now: now)
    case Token.poll:
      polling = false
      beginPolling()
      instance?.poll(now: now)
    case Token.overdue: giveUpStamps(handle: id, now: now)
    case Token.answer: tellAnswers()
    case Token.deviceLook: lookAt(id)
    case Token.streamDue: streamDue(id)
    case Token.secretLook: lookAtSecrets()
    default: break
    }
  }
}
