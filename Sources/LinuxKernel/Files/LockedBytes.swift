// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Bytes in pages of their own: locked as far as that is allowed, not in core dumps, not in children; wiped when they go.
@safe package final class LockedBytes {
  // Sound: mapped in init, until deinit; `count` never exceeds what was mapped.
  private let memory: UnsafeMutableRawPointer
  private let capacity: UInt64
  package private(set) var count: Int
  /// False = the limit of locked memory (RLIMIT_MEMLOCK) did not allow it: it may be swapped out.
  package let isLocked: Bool

  /// Reads a file to its end. EFBIG: longer than `limit`, or it grew meanwhile.
  package init(reading descriptor: FileDescriptor, limit: Int) throws(KernelError) {
    var size: Int64 = 0
    _ = try KernelError.check(unsafe clinux_file_size(descriptor.rawValue, &size), "ask for the file's size")
    guard size <= Int64(limit) else { throw KernelError("read a file that large", errno: 27) }
    // One byte more than there is shows that it ended.
    let room = UInt64(max(size, 0) / 4096 + 1) * 4096
    var address: UnsafeMutableRawPointer?
    var locked: Int32 = 0
    _ = try KernelError.check(unsafe clinux_locked_map(room, &address, &locked), "lock memory")
    guard let address = unsafe address else { throw KernelError("lock memory", errno: 12) }
    unsafe memory = address
    capacity = room
    isLocked = locked != 0
    count = 0
    while true {
      let got = unsafe clinux_read(descriptor.rawValue, memory + count, Int(room) - count)
      guard got >= 0 else { throw KernelError("read the file", errno: Int32(clamping: 0 &- got)) }
      if got == 0 { return }
      count += Int(got)
      guard count <= limit, UInt64(count) < room else { throw KernelError("read a file that large", errno: 27) }
    }
  }

  /// Takes a copy; nil = there is no memory.
  package init?(_ bytes: [UInt8]) {
    let room = UInt64(bytes.count / 4096 + 1) * 4096
    var address: UnsafeMutableRawPointer?
    var locked: Int32 = 0
    guard unsafe clinux_locked_map(room, &address, &locked) >= 0, let address = unsafe address else { return nil }
    unsafe memory = address
    capacity = room
    isLocked = locked != 0
    count = bytes.count
    unsafe memory.copyMemory(from: bytes, byteCount: count)
  }

  deinit { unsafe clinux_locked_unmap(memory, capacity) }

  /// Where they begin.
  package var address: UInt { unsafe UInt(bitPattern: memory) }

  /// Valid while this object lives.
  package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: memory, count: count) }
}
