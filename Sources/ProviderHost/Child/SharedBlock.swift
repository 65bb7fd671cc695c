// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import SampleRing
import Synchronization
import TimeTypes

/// The memory that host and child process share: the clock pages (host writes), a sign of life and the sample ring (child writes).
///
/// The host takes nothing in it for granted: the ring checks indices, samples are copied out and then validated. What a child writes
/// into the pages harms only itself, for each child has a block of its own.
@safe
final class SharedBlock: @unchecked Sendable {
  // Sound to share: every word used by both sides is an atomic; the ring is `SampleRing`'s.
  static let ringCapacity = 256
  private static let clockPageAt = 0
  private static let lineAt = 128
  private static let beatAt = 192
  private static let ringAt = 256
  static let bytes = ringAt + SampleRingLayout.byteCount(capacity: ringCapacity)

  let memory: SharedMemory
  private let start: UnsafeMutableRawPointer
  private let ring: SampleRing

  enum Role {
    /// Makes the ring.
    case host
    /// Joins the ring that the host made.
    case child
  }

  /// nil = too short, or no ring in it.
  init?(_ memory: SharedMemory, role: Role) {
    guard memory.count >= Self.bytes, let start = unsafe memory.bytes.baseAddress else { return nil }
    self.memory = memory
    // Sound: inside the mapping, which is page-aligned and lives as long as this object.
    let ringMemory = unsafe UnsafeMutableRawBufferPointer(start: start + Self.ringAt, count: Self.bytes - Self.ringAt)
    do throws(SampleRingError) {
      switch role {
      case .host: ring = try unsafe SampleRing(formatting: ringMemory, capacity: Self.ringCapacity)
      case .child: ring = try unsafe SampleRing(attaching: ringMemory)
      }
    } catch {
      return nil
    }
    unsafe self.start = start
  }

  // Sound: offsets are constants inside the mapping, 8-aligned, and the mapping lives as long as this object.
  private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    unsafe base(offset).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  private func base(_ offset: Int) -> UnsafeMutableRawPointer {
    unsafe start + offset
  }

  var clockPage: UnsafeMutablePointer<tompion_clock_page_t> {
    unsafe base(Self.clockPageAt).assumingMemoryBound(to: tompion_clock_page_t.self)
  }

  var line: ClockLinePage { unsafe ClockLinePage(memory: base(Self.lineAt)) }

  // MARK: the host's side

  /// Counts up while the child lives.
  var beats: UInt64 { unsafe word(Self.beatAt).pointee.load(ordering: .relaxed) }

  /// Copies the host's clock page, which may be written meanwhile; false = it always was.
  func copyClockPage(from page: UnsafePointer<tompion_clock_page_t>) -> Bool {
    var info = tompion_clock_info_t()
    guard unsafe tompion_clock_read(page, &info) == 1 else { return false }
    // Sound: a page is 8 bytes of header and 15 words, the info its first 10; one writer, as the caller sees to.
    unsafe clockPage.pointee.size = UInt32(MemoryLayout<tompion_clock_page_t>.size)
    let sequence = unsafe (base(Self.clockPageAt) + 4).assumingMemoryBound(to: Atomic<UInt32>.self)
    let before = unsafe sequence.pointee.load(ordering: .relaxed) & ~1
    unsafe sequence.pointee.store(before &+ 1, ordering: .relaxed)
    atomicMemoryFence(ordering: .releasing)
    unsafe withUnsafeBytes(of: info) { bytes in
      for index in 0..<10 {
        let value = unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
        unsafe word(Self.clockPageAt + 8 + index * 8).pointee.store(value, ordering: .relaxed)
      }
    }
    unsafe sequence.pointee.store(before &+ 2, ordering: .releasing)
    return true
  }

  /// Takes the oldest sample, unchecked; nil = none, or `isRingBroken`.
  func pop() -> tompion_sample_t? {
    // Sound: a Sample is the 128 bytes of tompion_sample_t (tested field by field).
    ring.pop().map { unsafe unsafeBitCast($0, to: tompion_sample_t.self) }
  }

  /// The child wrote an impossible index: nothing comes out of its ring any more.
  var isRingBroken: Bool { ring.fault?.isBroken ?? false }

  /// What the child put there that was no sample.
  var invalidSamples: UInt64 { ring.fault?.invalidSamples ?? 0 }

  /// What found the ring full, as the child counted it.
  var droppedSamples: UInt64 { ring.dropped }

  // MARK: the child's side

  func beat() { _ = unsafe word(Self.beatAt).pointee.wrappingAdd(1, ordering: .relaxed) }

  /// Puts a sample; false = full.
  func push(_ sample: Sample) -> Bool { ring.push(sample) }
}
