// SPDX-License-Identifier: Apache-2.0

import CPeers
import Glibc
import SampleRing
import TimeTypes

/// A producer on one core and a consumer on another, each as fast as it can.
struct RingCrossCore: Entry {
  var names: [String] { ["ring.cross-core"] }
  var summary: String { "a producer and a consumer on two cores, against a C++ ring of rigtorp's design" }

  func run(_ context: RunContext) throws -> [Outcome] {
    try Self.needTwoCores()
    let count = context.count(100_000) / RingLoad.burst * RingLoad.burst
    let rounds = try Rounds(
      context.rounds(101), ours: { try Self.ours(count, SharedRing(SampleRing(capacity: Int(RingLoad.capacity)))) },
      theirs: { try Self.theirs(count) })
    return [rounds.outcome("ring.cross-core", unit: "ns/item", peer: "c++", limit: 1.15)]
  }

  static func needTwoCores() throws {
    guard bench_cpu_count() >= 2 else { throw Skip(reason: "this machine has one core") }
  }

  /// A ring for two threads.
  final class SharedRing: Sendable {
    /// The consumer's end: the same value, or another one over the same block.
    enum OtherEnd: ~Copyable, Sendable {
      case same
      case attached(SampleRing)
    }

    let producer: SampleRing
    private let other: OtherEnd

    init(_ ring: consuming SampleRing) {
      producer = ring
      other = .same
    }

    init(producer: consuming SampleRing, consumer: consuming SampleRing) {
      self.producer = producer
      other = .attached(consumer)
    }

    func consume(_ count: Int) -> UInt64 {
      switch other {
      case .same: SharedRing.consume(producer, count)
      case .attached(let ring): SharedRing.consume(ring, count)
      }
    }

    @inline(never)
    static func produce(_ ring: borrowing SampleRing, _ samples: UnsafePointer<Sample>, _ count: Int) {
      let mask = RingLoad.burst - 1
      for index in 0..<count {
        bench_use(samples)
        while !ring.emplace({ samples[index & mask] }) { bench_relax() }
      }
    }

    @inline(never)
    static func consume(_ ring: borrowing SampleRing, _ count: Int) -> UInt64 {
      var sum: UInt64 = 0
      var out = Sample(source: SourceID(rawValue: 0), local: .zero, reference: .zero, raw: RawInstant(nanoseconds: 0))
      for _ in 0..<count {
        while !ring.pop(into: &out) { bench_relax() }
        bench_use(&out)
        sum &+= UInt64(bitPattern: out.rawNanoseconds)
      }
      return sum
    }
  }

  /// Nanoseconds an item.
  static func ours(_ count: Int, _ shared: SharedRing) throws -> Double {
    let samples = RingLoad.samples()
    defer { samples.deallocate() }
    let address = UInt(bitPattern: samples)
    return try timed(count) {
      if let samples = UnsafePointer<Sample>(bitPattern: address) {
        SharedRing.produce(shared.producer, samples, count)
      }
    } consume: {
      shared.consume(count)
    }
  }

  static func theirs(_ count: Int) throws -> Double {
    let peer = ring_peer_make(RingLoad.capacity)
    defer { ring_peer_free(peer) }
    let samples = RingLoad.samples()
    defer { samples.deallocate() }
    let (ring, items) = (UInt(bitPattern: peer), UInt(bitPattern: samples))
    return try timed(count) {
      ring_peer_produce(
        OpaquePointer(bitPattern: ring), UnsafePointer(bitPattern: items), UInt64(count), UInt64(RingLoad.burst))
    } consume: {
      ring_peer_consume(OpaquePointer(bitPattern: ring), UInt64(count))
    }
  }

  private final class Result: @unchecked Sendable {
    // Written by one thread, read after it was joined.
    var sum: UInt64 = 0
  }

  private static func timed(
    _ count: Int, produce: @escaping @Sendable () -> Void, consume: @escaping @Sendable () -> UInt64
  ) throws -> Double {
    let result = Result()
    // Real-time, in bursts shorter than the kernel lets such threads run, with pauses for all others: two sides that spin measure the
    // scheduler otherwise.
    usleep(15_000)
    let time = nanoseconds {
      let consumer = RingLoad.Thread(cpu: 1, isRealTime: true) { result.sum = consume() }
      let producer = RingLoad.Thread(cpu: 0, isRealTime: true, produce)
      producer.join()
      consumer.join()
    }
    guard result.sum == RingLoad.sum(count) else { throw Skip(reason: "samples were lost: \(result.sum)") }
    return time / Double(count)
  }
}
