// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CReceivers
import Glibc

/// Stamp-to-user latency: from the kernel's RX stamp to the code that has the packet in its hands, for each way of receiving.
///
/// Rounds are interleaved: in each, every way receives the same traffic in turn, in changing order, so that what else the machine
/// does falls on all. Ratios are of one round, and the median of the rounds is what is compared.
public struct ReceiveBench {
  public var rounds = 10
  /// Blocks of packets of each way in a round, shuffled among those of the others.
  public var blocks = 10
  public var packets = 100
  public var gapNanoseconds: UInt64 = 200_000
  /// Packets that are sent before each block and not counted.
  public var warmUp = 5

  public init() {}

  /// What was measured of one way over one link.
  public struct Result: Sendable {
    /// "receive.uring-multishot", over a veth pair "receive.uring-multishot.veth".
    public var name: String
    /// Nanoseconds, each packet of all rounds, in no order; empty if it was skipped.
    public var latencies: [Int64]
    /// p99 of each round, ns.
    public var rounds: [Int64]
    /// Median over the rounds of p99 against epoll's of the same round; nil for epoll itself and what was skipped.
    public var ratio: Double?
    /// Why it was not measured, "" = it was.
    public var skipped: String
    /// Anything a reader should know: what was chosen, what was refused.
    public var note: String

    /// Nanoseconds below which this share of the packets lies.
    public func quantile(_ share: Double) -> Int64 { ReceiveBench.quantile(latencies.sorted(), share) }
    public var longest: Int64 { latencies.max() ?? 0 }
  }

  /// Every way over loopback, then over a veth pair between two namespaces where that is permitted. Minutes. Run it before threads.
  public func run() -> [Result] { measure(isVeth: false) + measure(isVeth: true) }

  enum Way: String, CaseIterable {
    case epoll
    case recvmsg
    case poll
    case uring
    case uringMultishot = "uring-multishot"
    case busyPoll = "busy-poll"
    case chosen

    var method: LoopReceiver.Method? {
      switch self {
      case .epoll, .recvmsg: nil
      case .poll: .poll
      case .uring: .uringReadiness
      case .uringMultishot: .uringMultishot
      case .busyPoll, .chosen: .auto
      }
    }
  }

  static func quantile(_ sorted: [Int64], _ share: Double) -> Int64 {
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
  }
}
