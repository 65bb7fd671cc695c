// SPDX-License-Identifier: Apache-2.0

import CPeers
import Glibc
import SampleRing
import TimeTypes

/// The load of the ring's entries, the same for both languages: items of 128 bytes that lie in memory are pushed, and taken out
/// whole into memory.
enum RingLoad {
  static let capacity: UInt64 = 1024
  static let burst = 32

  /// As many samples as a burst has.
  static func samples() -> UnsafeMutablePointer<Sample> {
    let samples = UnsafeMutablePointer<Sample>.allocate(capacity: burst)
    for index in 0..<burst {
      samples[index] = Sample(
        source: SourceID(rawValue: 1), local: .zero, reference: .zero, raw: RawInstant(nanoseconds: Int64(index)))
    }
    return samples
  }

  static func items(_ samples: UnsafeMutablePointer<Sample>) -> UnsafeMutablePointer<ring_item> {
    UnsafeMutableRawPointer(samples).assumingMemoryBound(to: ring_item.self)
  }

  /// What the raw times of `count` samples add up to.
  static func sum(_ count: Int) -> UInt64 { UInt64(count / burst * burst * (burst - 1) / 2) }

  /// A thread of its own on one processor; real-time where that is asked for and allowed.
  final class Thread: @unchecked Sendable {
    private var handle = pthread_t()
    private let body: @Sendable () -> Void
    private let cpu: Int
    private let isRealTime: Bool

    init(cpu: Int, isRealTime: Bool = false, _ body: @escaping @Sendable () -> Void) {
      self.body = body
      self.cpu = cpu
      self.isRealTime = isRealTime
      pthread_create(
        &handle, nil,
        { pointer in
          guard let pointer else { return nil }
          let thread = Unmanaged<Thread>.fromOpaque(pointer).takeUnretainedValue()
          bench_keep_on(Int32(thread.cpu))
          if thread.isRealTime { _ = bench_real_time(10) }
          thread.body()
          return nil
        }, Unmanaged.passUnretained(self).toOpaque())
    }

    func join() { pthread_join(handle, nil) }
  }
}
