// SPDX-License-Identifier: Apache-2.0

import CLinux
import LinuxKernel

/// A connected or listening Unix stream socket (unix(7)); closes it when it goes. [control]
final class UnixStream {
  let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = clinux_close(descriptor) }

  /// Listens at `path`, mode 0660. A socket that nobody answers on is replaced; anything else in its place stays.
  static func listen(at path: String) throws(KernelError) -> UnixStream {
    // Sound: the call reads the path's terminated copy and keeps nothing of it.
    let result = unsafe path.withCString { unsafe clinux_unix_listen($0, 0o660, 16) }
    guard result >= 0 else { throw KernelError("listen on the control socket", errno: 0 &- result) }
    return UnixStream(descriptor: result)
  }

  /// Connects to `path`, blocking.
  static func connect(to path: String) throws(KernelError) -> UnixStream {
    // Sound: as above.
    let result = unsafe path.withCString { unsafe clinux_unix_connect($0) }
    guard result >= 0 else { throw KernelError("connect to the control socket", errno: 0 &- result) }
    return UnixStream(descriptor: result)
  }

  /// The next connection, non-blocking; nil = none waits.
  func accept() throws(KernelError) -> UnixStream? {
    let result = clinux_unix_accept(descriptor)
    if result >= 0 { return UnixStream(descriptor: result) }
    if Self.isNotNow(result) { return nil }
    throw KernelError("accept a control connection", errno: 0 &- result)
  }

  func peer() throws(KernelError) -> ControlPeer {
    var processID: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
    // Sound: the three are written before the call returns.
    let result = unsafe clinux_peer(descriptor, &processID, &user, &group)
    guard result >= 0 else { throw KernelError("see who is at the control socket", errno: 0 &- result) }
    return ControlPeer(processID: processID, user: user, group: group)
  }

  /// Up to 4096 bytes; empty = the other side has closed; nil = nothing now.
  func receive() throws(KernelError) -> [UInt8]? {
    var got: Int64 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      // Sound: the call writes at most the buffer's size, and only what it wrote is counted as there.
      got = unsafe clinux_stream_receive(descriptor, buffer.baseAddress, buffer.count)
      count = Int(max(0, min(got, Int64(buffer.count))))
    }
    if got >= 0 { return bytes }
    if Self.isNotNow(Int32(clamping: got)) { return nil }
    throw KernelError("read from the control socket", errno: Int32(clamping: 0 &- got))
  }

  /// Writes some of `bytes`; how many (0 = not now).
  func send(_ bytes: ArraySlice<UInt8>) throws(KernelError) -> Int {
    guard !bytes.isEmpty else { return 0 }
    // Sound: the slice's storage lives through the call, which reads `count` bytes of it.
    let result = unsafe bytes.withUnsafeBytes { unsafe clinux_stream_send(descriptor, $0.baseAddress, $0.count) }
    if result >= 0 { return Int(result) }
    if Self.isNotNow(Int32(clamping: result)) { return 0 }
    throw KernelError("write to the control socket", errno: Int32(clamping: 0 &- result))
  }

  /// Waits until something can be read (or the other side is gone); false = the time is over.
  func waitReadable(nanoseconds: Int64) -> Bool {
    var entry = clinux_pollfd_t(fd: descriptor, events: Int16(CLINUX_POLL_IN), revents: 0)
    // Sound: one element, written before the call returns.
    return unsafe clinux_poll(&entry, 1, nanoseconds, 0) > 0
  }

  /// EAGAIN, and connections that ended before they were accepted (ECONNABORTED, EINTR).
  private static func isNotNow(_ result: Int32) -> Bool {
    let errno = 0 &- result
    return errno == 11 || errno == 103 || errno == 4
  }
}
