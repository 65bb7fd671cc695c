// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A serial line, raw: 8 data bits, no parity, one stop bit, no flow control (termios(3)). [control] opens, [capture] reads.
package enum SerialPort {
  /// Opens a terminal device without waiting; what had arrived before is thrown away. `speed` in bit/s, 0 = as it is.
  /// - Throws: ENODEV: no character device of that kind; ENOTTY: no terminal; EINVAL: no such speed.
  package static func open(_ path: String, speed: UInt32) throws(KernelError) -> FileDescriptor {
    // The path is read within the call.
    let fd = unsafe path.withCString { unsafe clinux_serial_open($0, speed) }
    return FileDescriptor(owning: try KernelError.check(fd, "open the serial device"))
  }

  /// Reads what is there, at most the buffer; 0 = the other side hung up, nil = nothing there now.
  package static func read(_ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int? {
    // Exactly the caller's buffer.
    let got = unsafe clinux_read(descriptor, bytes.baseAddress, bytes.count)
    if got == -Int64(EAGAIN) { return nil }
    guard got >= 0 else { throw KernelError("read the device", errno: Int32(clamping: 0 &- got)) }
    return Int(got)
  }

  /// Writes what the line takes now; how many bytes that was. 0 = it is full, or may only be read.
  package static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    // Exactly the caller's buffer.
    max(0, Int(unsafe clinux_write(descriptor, bytes.baseAddress, bytes.count)))
  }
}
