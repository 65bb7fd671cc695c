// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// TCP and Unix sockets that never wait, by their descriptor: for providers' streams. [control] opens, [capture] sends and receives.
package enum StreamSocket {
  /// Connections that wait until somebody takes them.
  private static let backlog: Int32 = 64

  /// Begins to connect by TCP; writable when that has ended, `error` tells how. `local` of no family: any.
  package static func connect(from local: SocketAddress, to peer: SocketAddress) throws(KernelError) -> FileDescriptor {
    // Addresses of our own structs, for the call.
    var (from, to) = (local.c, peer.c)
    let fd = unsafe clinux_tcp_connect(&from, &to)
    return FileDescriptor(owning: try KernelError.check(fd, "connect the TCP socket"))
  }

  /// Listens for TCP connections.
  package static func listen(at local: SocketAddress) throws(KernelError) -> FileDescriptor {
    var address = local.c
    // The address of our own struct, for the call.
    let fd = unsafe clinux_tcp_listen(&address, backlog)
    return FileDescriptor(owning: try KernelError.check(fd, "bind the TCP socket"))
  }

  /// Connects to a Unix socket at once (EAGAIN: its queue is full), or fixes where datagrams go. These: ELOOP for a symbolic link,
  /// ENOTSOCK for what is no socket.
  package static func connect(to path: String, datagrams: Bool) throws(KernelError) -> FileDescriptor {
    // The path is read within the call.
    let fd = unsafe path.withCString { unsafe clinux_unix_connect_promptly($0, datagrams ? 1 : 0) }
    return FileDescriptor(owning: try KernelError.check(fd, "connect the Unix socket"))
  }

  /// Binds a Unix socket to a path with those permission bits, for connections or for datagrams. A leftover of a dead process is replaced;
  /// EADDRINUSE: somebody is there; EEXIST: something else is.
  package static func listen(at path: String, datagrams: Bool, mode: UInt32) throws(KernelError) -> FileDescriptor {
    // The path is read within the call.
    let fd = unsafe path.withCString {
      datagrams ? unsafe clinux_unix_datagrams_at($0, mode) : unsafe clinux_unix_listen($0, mode, backlog)
    }
    return FileDescriptor(owning: try KernelError.check(fd, "bind the Unix socket"))
  }

  /// The next connection of a listener, and who it is (no family: a Unix socket); nil = none waits.
  package static func accept(
    _ listener: Int32
  ) throws(KernelError) -> (descriptor: FileDescriptor, peer: SocketAddress)? {
    var peer = clinux_address_t()
    // The address of our own struct, for the call.
    let fd = unsafe clinux_stream_accept(listener, &peer)
    if fd == -EAGAIN { return nil }
    let accepted = FileDescriptor(owning: try KernelError.check(fd, "accept a connection"))
    return (accepted, SocketAddress(peer))
  }

  /// What went wrong since the last time; nil = nothing.
  package static func error(_ descriptor: Int32) -> KernelError? {
    let found = clinux_socket_error(descriptor)
    return found == 0 ? nil : KernelError("use the connection", errno: abs(found))
  }

  /// Takes what is there, nil = nothing now. 0 = the other side has ended. A datagram tells its whole length.
  package static func receive(
    _ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer, datagrams: Bool
  ) throws(KernelError) -> Int? {
    // Exactly the caller's buffer.
    let got = unsafe clinux_stream_take(descriptor, bytes.baseAddress, bytes.count, datagrams ? 1 : 0)
    if got == -Int64(EAGAIN) { return nil }
    guard got >= 0 else { throw KernelError("receive on the connection", errno: Int32(clamping: 0 &- got)) }
    return Int(got)
  }

  /// Sends what fits now; how many bytes went.
  package static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(KernelError) -> Int {
    // Exactly the caller's buffer.
    let sent = unsafe clinux_stream_put(descriptor, bytes.baseAddress, bytes.count)
    if sent == -Int64(EAGAIN) || sent == -Int64(ENOBUFS) { return 0 }
    guard sent >= 0 else { throw KernelError("send on the connection", errno: Int32(clamping: 0 &- sent)) }
    return Int(sent)
  }

  /// Ends one's own direction.
  package static func end(_ descriptor: Int32) throws(KernelError) {
    _ = try KernelError.check(clinux_stream_end(descriptor), "end the connection")
  }

  /// Closing throws away what waits to be sent and resets the connection.
  package static func resetOnClose(_ descriptor: Int32) { _ = clinux_stream_reset_on_close(descriptor) }

  /// The address it is bound to; no family for a Unix socket.
  package static func local(_ descriptor: Int32) -> SocketAddress {
    var address = clinux_address_t()
    // The address of our own struct, for the call.
    return unsafe clinux_udp_local(descriptor, &address) >= 0 ? SocketAddress(address) : .none
  }

  /// SO_PEERCRED; throws for what is no connected Unix stream.
  package static func credentials(_ descriptor: Int32) throws(KernelError) -> PeerCredentials {
    var peer = PeerCredentials(pid: 0, user: 0, group: 0)
    // Addresses of our own struct, for the call.
    _ = try KernelError.check(
      unsafe clinux_peer(descriptor, &peer.pid, &peer.user, &peer.group), "ask who is at the other end")
    return peer
  }
}
