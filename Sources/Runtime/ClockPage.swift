// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Engine
import Synchronization
import TimeTypes

/// The page that providers and applications read the clock's state from without a call (clock-info/1). Lives as long as the
/// process. One writer. [discipline]
@safe final class ClockPage: @unchecked Sendable {
  // Sound to share: every word is written atomically inside the seqlock; readers copy until the sequence stands still.
  let pointer: UnsafePointer<tompion_clock_page_t>
  private let sequence: UnsafeMutablePointer<Atomic<UInt32>>
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let precision: Int8

  init(precision: Int8) {
    self.precision = precision
    // Sound: one block of the page's size, zeroed, aligned and never freed; the three pointers are its fields.
    let size = MemoryLayout<tompion_clock_page_t>.size
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 128)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    unsafe memory.storeBytes(of: UInt32(size), as: UInt32.self)
    unsafe pointer = UnsafePointer(memory.assumingMemoryBound(to: tompion_clock_page_t.self))
    unsafe sequence = (memory + 4).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    unsafe words = (memory + 8).bindMemory(to: Atomic<UInt64>.self, capacity: 15)
    publish(TimeState(clock: .system), frequency: .zero)
  }

  /// Makes a state known to all readers.
  func publish(_ state: TimeState, frequency: Frequency) {
    var info = tompion_clock_info_t()
    info.size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    info.clock = state.clock.rawValue
    info.leap = state.leap.rawValue
    info.stratum = state.stratum
    info.raw_ns = state.raw.nanoseconds
    info.reference_ns = state.referenceTime.nanoseconds
    info.root_delay_ns = Self.unsigned(state.rootDelay)
    info.root_dispersion_ns = Self.unsigned(state.rootDispersion)
    info.bound_statistical_ns = Self.unsigned(state.boundStatistical)
    info.bound_hard_ns = Self.unsigned(state.boundHard)
    info.dispersion_rate_ppb = UInt32(clamping: Int64(state.dispersionRate.partsPerBillion))
    info.reference_id = state.referenceID.rawValue
    info.frequency_ppb = Int32(clamping: Int64(frequency.partsPerBillion))
    info.tai_offset = state.taiOffset ?? 0
    info.precision = precision
    info.synchronized = state.synchronized ? 1 : 0
    info.era = state.era.rawValue
    // Sound: the info is plain data of exactly ten words; the page has fifteen.
    unsafe withUnsafeBytes(of: &info) { bytes in
      let before = unsafe sequence.pointee.load(ordering: .relaxed)
      unsafe sequence.pointee.store(before &+ 1, ordering: .relaxed)
      atomicMemoryFence(ordering: .releasing)
      for index in 0..<10 {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
        unsafe words[index].store(word, ordering: .relaxed)
      }
      unsafe sequence.pointee.store(before &+ 2, ordering: .releasing)
    }
  }

  private static func unsigned(_ interval: TimeInterval) -> UInt64 {
    if interval == .max { return .max }
    let up = interval.nanoseconds &+ (interval.subnanoseconds > 0 ? 1 : 0)
    return UInt64(max(up, 0))
  }
}
