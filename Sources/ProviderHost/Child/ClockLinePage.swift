// SPDX-License-Identifier: Apache-2.0

package import ClockPort
import Synchronization
package import TimeTypes

/// How the disciplined clock follows from what the kernel shows, as a seqlock page that processes may share: the daemon writes,
/// providers' hosts read. Host-internal: a plugin sees stamps, never this.
///
/// Kind 0: the clock is CLOCK_REALTIME, only its era is told. Kind 1: a line over CLOCK_MONOTONIC_RAW (the virtual clock). Kept apart
/// from the seqlock of SampleRing because what is in it belongs to the host alone.
@safe
package struct ClockLinePage: @unchecked Sendable {
  // Sound to share: every word is an atomic; the memory outlives the page's users (their owner sees to it).
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  /// Bytes of a page.
  package static let bytes = 64

  /// A page in memory of at least `bytes`, zeroed, 8-aligned, that outlives every copy of this value.
  package init(memory: UnsafeMutableRawPointer) {
    unsafe words = memory.bindMemory(to: Atomic<UInt64>.self, capacity: Self.bytes / 8)
  }

  /// A page of this process' own that is never freed: there is one per clock.
  package static func make() -> ClockLinePage {
    // Sound: zeroed before use, lives as long as the process.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return unsafe ClockLinePage(memory: memory)
  }

  /// What the clock is.
  package enum Line: Sendable, Equatable {
    case realtime(era: ClockEra)
    /// The clock's time at a raw moment and its frequency from there on.
    case virtual(ClockReading)
  }

  private func store(_ index: Int, _ value: UInt64) { unsafe words[index].store(value, ordering: .relaxed) }
  private func load(_ index: Int) -> UInt64 { unsafe words[index].load(ordering: .relaxed) }

  /// Tells all readers. One writer. [discipline]
  package func publish(_ line: Line) {
    let sequence = load(0)
    store(0, sequence &+ 1)
    atomicMemoryFence(ordering: .releasing)
    switch line {
    case .realtime(let era):
      store(1, 0)
      store(2, UInt64(era.rawValue))
    case .virtual(let reading):
      store(1, 1)
      store(2, UInt64(reading.era.rawValue))
      store(3, UInt64(bitPattern: reading.raw.nanoseconds))
      store(4, UInt64(bitPattern: reading.time.nanoseconds))
      store(5, UInt64(reading.time.subnanoseconds))
      store(6, reading.frequency.ratio.bitPattern)
    }
    unsafe words[0].store(sequence &+ 2, ordering: .releasing)
  }

  /// What was published last; nil = the writer died in the middle. [any]
  package func read() -> Line? {
    for _ in 0..<1000 {
      let before = unsafe words[0].load(ordering: .acquiring)
      guard before & 1 == 0 else { continue }
      let kind = load(1)
      let era = ClockEra(rawValue: UInt32(truncatingIfNeeded: load(2)))
      let reading = ClockReading(
        clock: .system, era: era, raw: RawInstant(nanoseconds: Int64(bitPattern: load(3))),
        time: TimeInterval(
          nanoseconds: Int64(bitPattern: load(4)), subnanoseconds: UInt16(truncatingIfNeeded: load(5))),
        frequency: Frequency(ratio: Double(bitPattern: load(6))))
      atomicMemoryFence(ordering: .acquiring)
      if load(0) == before { return kind == 0 ? .realtime(era: era) : .virtual(reading) }
    }
    return nil
  }
}
