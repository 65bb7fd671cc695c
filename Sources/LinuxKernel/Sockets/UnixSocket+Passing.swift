// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Messages with a descriptor beside them (SCM_RIGHTS), for sockets that keep message boundaries.
extension UnixSocket {
  /// Sends one message and a copy of `descriptor`; false = it does not fit now.
  package func send(_ bytes: [UInt8], passing descriptor: Int32) throws(KernelError) -> Bool {
    // The array's own memory for the call.
    let sent = unsafe bytes.withUnsafeBytes {
      unsafe clinux_pass_send(self.descriptor.rawValue, $0.baseAddress, UInt64($0.count), descriptor)
    }
    if sent == -Int64(EAGAIN) { return false }
    guard sent >= 0 else { throw KernelError("pass a descriptor", errno: Int32(clamping: -sent)) }
    return true
  }

  /// Receives one message of up to `limit` bytes, and the descriptor passed with it, which is the caller's from now on (-1 = none); no
  /// bytes = the other side closed, nil = nothing there now.
  package func receivePassed(limit: Int) throws(KernelError) -> (bytes: [UInt8], descriptor: Int32)? {
    var bytes = [UInt8](repeating: 0, count: max(limit, 1))
    var passed: Int32 = -1
    // The array's own memory and our own integer for the call.
    let got = unsafe bytes.withUnsafeMutableBytes {
      unsafe clinux_pass_receive(descriptor.rawValue, $0.baseAddress, UInt64($0.count), &passed)
    }
    if got == -Int64(EAGAIN) { return nil }
    guard got >= 0 else { throw KernelError("receive a descriptor", errno: Int32(clamping: -got)) }
    bytes.removeLast(bytes.count - Int(got))
    return (bytes, passed)
  }
}
