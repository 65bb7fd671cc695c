// SPDX-License-Identifier: Apache-2.0

import CLinux

/// One of NTP's segments of System V shared memory (struct shmTime of ntpd's driver 28), attached as long as this object lives.
@safe package final class SharedSegment {
  // Sound: mapped in init, until deinit; 96 bytes are there, which the fence checks. Others may write at any time: copies are made
  // word by word and compared.
  private let memory: UnsafeMutableRawPointer
  /// Its count as this process left it, or found it.
  private var count: UInt32
  package let isWritable: Bool
  package static let bytes = Int(CLINUX_SEGMENT_BYTES)

  /// Attaches segment number `unit`.
  /// - Parameter isWritable: it is made, mode 0600, where it is missing.
  /// - Parameter trustsAnyOwner: else root and this process' user alone may own and write it.
  /// - Throws: EACCES: it is another's; EINVAL: too short, or a number above 255; ENOENT: there is none.
  package init(unit: UInt32, isWritable: Bool, trustsAnyOwner: Bool) throws(KernelError) {
    let flags = (isWritable ? CLINUX_SEGMENT_WRITE : 0) | (trustsAnyOwner ? CLINUX_SEGMENT_ANY_OWNER : 0)
    var address: UnsafeMutableRawPointer?
    let result = unsafe clinux_segment_attach(unit, flags, &address)
    _ = try KernelError.check(result, "attach the shared memory segment")
    guard let address = unsafe address else { throw KernelError("attach the shared memory segment", errno: 22) }
    unsafe memory = address
    unsafe count = clinux_segment_count(address)
    self.isWritable = isWritable
  }

  deinit { unsafe clinux_segment_detach(memory) }

  /// Copies the 96 bytes; false = somebody wrote meanwhile, or the buffer is too short.
  package func copy(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard buffer.count >= Self.bytes, let start = buffer.baseAddress else { return false }
    return unsafe clinux_segment_copy(memory, start) == 1
  }

  /// Writes an image of 96 bytes in the order that readers count on; its mode, count and valid are filled in. False = nothing was
  /// written: another program has written there since the last call, or since it was attached. The next call goes by what it left.
  package func publish(_ image: UnsafeRawBufferPointer) -> Bool {
    guard isWritable, image.count == Self.bytes, let start = image.baseAddress else { return false }
    return unsafe clinux_segment_publish(memory, start, &count) == 1
  }
}
