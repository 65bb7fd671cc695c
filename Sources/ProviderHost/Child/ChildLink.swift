// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import TimeTypes

/// The child's end of the socket to its host: orders in, reports out, and questions that wait for their answer.
///
/// One thread, the child's. While an answer is waited for, orders that come are kept in their order.
final class ChildLink {
  private let socket: UnixSocket
  /// Waits for answers alone.
  private let loop: PollLoop
  private let beat: () -> Void
  private var unsent: [[UInt8]] = []
  private var orders: [ChildFrame.Order] = []
  private var lastQuestion: UInt32 = 0
  /// The host is gone, or says what cannot be understood.
  private(set) var isLost = false

  var descriptor: Int32 { socket.descriptor.rawValue }
  /// Orders came while an answer was waited for.
  var hasOrders: Bool { !orders.isEmpty }
  /// Something waits for the host to read.
  var isBehind: Bool { !unsent.isEmpty }

  /// A host that does not answer by then has other troubles; the provider hears that it failed.
  static let patience = TimeInterval.seconds(2)

  /// `beat`: called while an answer is waited for, so that nobody takes that for a hang.
  init(_ socket: UnixSocket, beat: @escaping () -> Void) throws(KernelError) {
    self.beat = beat
    self.socket = socket
    loop = try PollLoop(capacity: 1)
    try loop.add(socket.descriptor.rawValue, token: 0)
  }

  /// The next order; nil = none now.
  func nextOrder() -> ChildFrame.Order? {
    if !orders.isEmpty { return orders.removeFirst() }
    while let (order, descriptor) = receive() {
      guard case .answer = order else { return order }
      // Of a question that was given up.
      if descriptor >= 0 { _ = FileDescriptor(owning: descriptor) }
    }
    return nil
  }

  /// Asks, and waits for the answer; what was passed with it is the caller's (-1 = nothing).
  func ask(_ question: ChildQuestion) throws(KernelError) -> (answer: ChildAnswer, descriptor: Int32) {
    lastQuestion &+= 1
    let number = lastQuestion
    send(.ask(number: number, question))
    let end = RawClock.now() + Self.patience
    while !isLost, RawClock.now() < end {
      beat()
      flush()
      while let (order, descriptor) = receive() {
        guard case .answer(let of, let answer) = order else {
          orders.append(order)
          continue
        }
        guard of == number else {
          if descriptor >= 0 { _ = FileDescriptor(owning: descriptor) }
          continue
        }
        if case .failed(let errno) = answer { throw KernelError("have the host do it", errno: errno) }
        return (answer, descriptor)
      }
      try loop.wait(until: min(end, RawClock.now() + .milliseconds(20)))
      while loop.next() != nil {}
    }
    throw KernelError("have the host answer", errno: KernelError.wouldBlock)
  }

  func send(_ report: ChildFrame.Report) {
    unsent.append(ChildFrame.encode(report))
    flush()
  }

  /// Sends what fits; the rest waits for the next turn.
  func flush() {
    while let next = unsent.first {
      do throws(KernelError) {
        guard try socket.send(next[...]) > 0 else { return }
        unsent.removeFirst()
      } catch {
        isLost = true
        return
      }
    }
  }

  private func receive() -> (ChildFrame.Order, Int32)? {
    do throws(KernelError) {
      guard let (bytes, descriptor) = try socket.receivePassed(limit: ChildFrame.longest) else { return nil }
      guard !bytes.isEmpty, let order = ChildFrame.order(bytes) else {
        if descriptor >= 0 { _ = FileDescriptor(owning: descriptor) }
        isLost = true
        return nil
      }
      return (order, descriptor)
    } catch {
      isLost = true
      return nil
    }
  }
}
