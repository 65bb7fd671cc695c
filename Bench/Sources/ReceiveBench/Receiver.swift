// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CReceivers

/// One way of receiving, open on a link for the whole measurement.
final class Receiver {
  private enum Kind {
    case plain(socket: Int32, isEpoll: Bool)
    case loop(LoopReceiver)
  }

  private let kind: Kind
  let port: UInt16

  /// `method`: what the daemon would use; nil = epoll or recvmsg in C.
  init(
    _ way: ReceiveBench.Way, _ method: LoopReceiver.Method?, address: UInt32, busyPoll: Int64
  ) throws(LoopReceiver.Refusal) {
    guard let method else {
      var port: UInt16 = 0
      let socket = bench_socket(address, &port)
      guard socket >= 0 else { throw LoopReceiver.Refusal(reason: "no socket: errno \(-socket)") }
      kind = .plain(socket: socket, isEpoll: way == .epoll)
      self.port = port
      return
    }
    let receiver = try LoopReceiver(method, address: address, busyPoll: busyPoll)
    kind = .loop(receiver)
    port = receiver.port
  }

  deinit { if case .plain(let socket, _) = kind { bench_close(socket) } }

  var recoveries: String {
    guard case .loop(let receiver) = kind else { return "" }
    return receiver.recoveries
  }

  /// Latencies, ns, of so many packets; fewer if they did not come or had no stamp.
  func receive(_ wanted: Int) -> [Int64] {
    switch kind {
    case .loop(let receiver): return receiver.receive(wanted)
    case .plain(let socket, let isEpoll):
      var latencies = [Int64](repeating: 0, count: wanted)
      let count =
        isEpoll
        ? bench_receive_epoll(socket, &latencies, Int32(wanted))
        : bench_receive_recvmsg(socket, &latencies, Int32(wanted))
      return Array(latencies[..<Int(count)])
    }
  }
}
