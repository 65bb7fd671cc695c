// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Memory that two processes share (memfd_create(2)), sealed against resizing. The descriptor is handed to a child.
/// `@safe`: the mapping lives exactly as long as this object, and `bytes` says how long that is.
@safe
package final class SharedMemory {
  package let descriptor: FileDescriptor
  package let count: Int
  private let start: UnsafeMutableRawPointer

  /// Makes zeroed shared memory.
  package convenience init(name: String, count: Int) throws(KernelError) {
    let size = UInt64(max(count, 1))
    let fd = try KernelError.check(unsafe name.withCString { unsafe clinux_memfd($0, size) }, "make shared memory")
    try self.init(descriptor: FileDescriptor(owning: fd), count: Int(size))
  }

  /// Maps what a descriptor stands for; EINVAL: it is shorter than `count`.
  package init(descriptor: FileDescriptor, count: Int) throws(KernelError) {
    var size: Int64 = 0
    _ = try KernelError.check(unsafe clinux_file_size(descriptor.rawValue, &size), "read the size of shared memory")
    guard count > 0, size >= Int64(count) else {
      throw KernelError("map shared memory that is too short", errno: EINVAL)
    }
    var address: UnsafeMutableRawPointer?
    _ = try KernelError.check(unsafe clinux_map(descriptor.rawValue, UInt64(count), &address), "map shared memory")
    guard let address = unsafe address else { throw KernelError("map shared memory", errno: ENOMEM) }
    unsafe start = address
    self.descriptor = descriptor
    self.count = count
  }

  deinit { _ = unsafe clinux_unmap(start, UInt64(count)) }

  /// The memory; page-aligned, valid while this object lives. The other side may write at any time.
  package var bytes: UnsafeMutableRawBufferPointer { unsafe UnsafeMutableRawBufferPointer(start: start, count: count) }
}
