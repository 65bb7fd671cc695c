// SPDX-License-Identifier: Apache-2.0

import CLinux
import CTompionProvider
import LinuxKernel
import Synchronization

/// Looks names up on threads of their own (getaddrinfo(3) blocks), or at once and numerically where there may be no thread.
///
/// `start`, `next` and `forget` belong to the loop's thread; a finished lookup wakes the loop.
final class NameResolver {
  struct Answer: Sendable {
    var token: UInt64
    var status: tompion_status
    var addresses: [tompion_address_t]
    var text: String
  }

  /// Finished lookups, shared with the threads.
  private final class Answers: Sendable {
    private let list = Mutex<[Answer]>([])
    private let waiting = Atomic<Int>(0)
    let running = Atomic<Int>(0)

    var areWaiting: Bool { waiting.load(ordering: .acquiring) > 0 }

    func append(_ answer: Answer) {
      list.withLock { $0.append(answer) }
      waiting.add(1, ordering: .releasing)
    }

    /// The loop asks at each wake-up: without an answer it takes no lock.
    func next() -> Answer? {
      guard areWaiting else { return nil }
      let answer = list.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if answer != nil { waiting.subtract(1, ordering: .relaxed) }
      return answer
    }
  }

  private final class Request: Sendable {
    let name: String
    let family: UInt8
    let token: UInt64
    let answers: Answers
    let waker: Waker

    init(name: String, family: UInt8, token: UInt64, answers: Answers, waker: Waker) {
      self.name = name
      self.family = family
      self.token = token
      self.answers = answers
      self.waker = waker
    }
  }

  private var answers = Answers()
  private let waker: Waker?
  static let limit = 16

  init(waker: Waker?) { self.waker = waker }

  /// Begins a lookup; false = too many at once.
  func start(_ name: String, family: UInt8, token: UInt64) -> Bool {
    guard answers.running.load(ordering: .relaxed) < Self.limit else { return false }
    guard let waker else {
      let answer = Self.lookUp(name, family: family, token: token, numeric: true)
      answers.append(answer)
      return true
    }
    let request = Request(name: name, family: family, token: token, answers: answers, waker: waker)
    answers.running.add(1, ordering: .relaxed)
    var options = clinux_thread_options_t()
    options.stack_bytes = 256 * 1024
    var thread = clinux_thread_t()
    // Sound: the retained request is released by the thread's body, or below if there is no thread.
    let context = unsafe Unmanaged.passRetained(request)
    let result = unsafe clinux_thread_start(
      &options,
      { context in
        guard let context = unsafe context else { return }
        let request = unsafe Unmanaged<Request>.fromOpaque(context).takeRetainedValue()
        let answer = NameResolver.lookUp(
          request.name, family: request.family, token: request.token, numeric: false)
        request.answers.append(answer)
        request.answers.running.subtract(1, ordering: .relaxed)
        request.waker.wake()
      }, context.toOpaque(), &thread)
    guard result >= 0 else {
      unsafe context.release()
      answers.running.subtract(1, ordering: .relaxed)
      return false
    }
    return true
  }

  /// The next finished lookup.
  func next() -> Answer? { answers.next() }

  /// Answers still to come go nowhere.
  func forget() { answers = Answers() }

  private static func lookUp(_ name: String, family: UInt8, token: UInt64, numeric: Bool) -> Answer {
    do throws(NameResolution.Failure) {
      let found = try NameResolution.resolve(
        name, family: SocketAddress.Family(rawValue: family) ?? .none, profile: numeric ? .minimal : .full)
      return Answer(token: token, status: TOMPION_OK, addresses: found.map { tompion_address_t($0) }, text: "")
    } catch {
      let status = if case .notFound = error { TOMPION_NOT_FOUND } else { TOMPION_AGAIN }
      return Answer(token: token, status: status, addresses: [], text: error.description)
    }
  }
}
