// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The process at the other end of a Unix socket (SO_PEERCRED): who it was when it connected.
package struct PeerCredentials: Sendable, BitwiseCopyable, Equatable {
  package var pid: Int32
  package var user: UInt32
  package var group: UInt32
}

/// A connected Unix stream socket, or one end of a pair. [control]
package final class UnixSocket: Sendable {
  package let descriptor: FileDescriptor

  package init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// Connects (blocking until accepted) to a listening socket.
  package static func connect(_ path: String) throws(KernelError) -> UnixSocket {
    let fd = unsafe path.withCString { unsafe clinux_unix_connect($0) }
    return UnixSocket(FileDescriptor(owning: try KernelError.check(fd, "connect to the control socket")))
  }

  /// Two connected ends that keep message boundaries (SOCK_SEQPACKET), non-blocking: one for a child process.
  package static func pair() throws(KernelError) -> (UnixSocket, UnixSocket) {
    var fds: (Int32, Int32) = (-1, -1)
    // A pair of Int32 is laid out as an array of two.
    let result = unsafe withUnsafeMutablePointer(to: &fds) { pointer in
      unsafe pointer.withMemoryRebound(to: Int32.self, capacity: 2) { unsafe clinux_socket_pair($0) }
    }
    _ = try KernelError.check(result, "make a socket pair")
    return (UnixSocket(FileDescriptor(owning: fds.0)), UnixSocket(FileDescriptor(owning: fds.1)))
  }

  package func credentials() throws(KernelError) -> PeerCredentials {
    var peer = PeerCredentials(pid: 0, user: 0, group: 0)
    _ = try KernelError.check(
      unsafe clinux_peer(descriptor.rawValue, &peer.pid, &peer.user, &peer.group), "ask who is at the other end")
    return peer
  }

  /// Sends what fits now; how many bytes went. 0 = none fits (non-blocking). No SIGPIPE: EPIPE is thrown.
  package func send(_ bytes: ArraySlice<UInt8>) throws(KernelError) -> Int {
    // The slice's own memory for the call.
    let sent = unsafe bytes.withUnsafeBytes { unsafe clinux_stream_send(descriptor.rawValue, $0.baseAddress, $0.count) }
    return try transferred(sent, "send on the control socket") ?? 0
  }

  /// Sends all of it, waiting as needed (blocking sockets).
  package func sendAll(_ bytes: [UInt8]) throws(KernelError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = try send(rest)
      guard sent > 0 else { throw KernelError("send on the control socket", errno: EAGAIN) }
      rest = rest.dropFirst(sent)
    }
  }

  /// Receives up to `limit` bytes; empty = the other side closed, nil = nothing there now (non-blocking).
  package func receive(limit: Int = 4096) throws(KernelError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: max(limit, 1))
    // The array's own memory for the call.
    let got = unsafe bytes.withUnsafeMutableBytes {
      unsafe clinux_stream_receive(descriptor.rawValue, $0.baseAddress, $0.count)
    }
    guard let count = try transferred(got, "receive from the control socket") else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private func transferred(_ result: Int64, _ operation: StaticString) throws(KernelError) -> Int? {
    if result == -Int64(EAGAIN) { return nil }
    guard result >= 0 else { throw KernelError(operation, errno: Int32(clamping: -result)) }
    return Int(result)
  }
}

/// A Unix stream socket that listens; its file is removed when it goes.
package final class UnixListener {
  package let descriptor: FileDescriptor
  package let path: String
  /// Which file the socket is, so that only that one is removed.
  private let identity: [UInt64]?

  /// Listens at `path` with permission bits `mode`, its file given to `group` if named and allowed. A leftover of a dead process
  /// is replaced; EADDRINUSE: somebody answers there; EEXIST: something that is not a socket is there.
  package init(path: String, mode: UInt32 = 0o660, group: String? = nil, backlog: Int32 = 16) throws(KernelError) {
    let fd = unsafe path.withCString { unsafe clinux_unix_listen($0, mode, backlog) }
    descriptor = FileDescriptor(owning: try KernelError.check(fd, "listen on the control socket"))
    self.path = path
    identity = Self.identity(path)
    if let group, let number = Privileges.group(named: group) {
      _ = unsafe path.withCString { unsafe clinux_set_owner($0, UInt32.max, number) }
    }
  }

  deinit { removeFile() }

  /// Removes the socket's file, unless another one stands in its place by now.
  package func removeFile() {
    if let identity, Self.identity(path) == identity { SmallFile.remove(path) }
  }

  private static func identity(_ path: String) -> [UInt64]? {
    var (device, inode): (UInt64, UInt64) = (0, 0)
    // The two numbers are written during the call alone.
    let result = unsafe path.withCString { unsafe clinux_file_identity($0, &device, &inode) }
    return result >= 0 ? [device, inode] : nil
  }

  /// A new connection, non-blocking; nil = none waits.
  package func accept() throws(KernelError) -> UnixSocket? {
    let fd = clinux_unix_accept(descriptor.rawValue)
    if fd == -EAGAIN || fd == -EINTR || fd == -ECONNABORTED { return nil }
    return UnixSocket(FileDescriptor(owning: try KernelError.check(fd, "accept a connection")))
  }
}
