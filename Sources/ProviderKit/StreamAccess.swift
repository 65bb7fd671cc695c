// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// stream/1, the host's side: connections (TCP, Unix) and Unix datagrams, which the host opens and owns. What comes of them is told by
/// `Provider.streamOpened` and the functions beside it; a provider that uses streams says so in `ProviderKind.Receivers`.
@safe
public struct StreamAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_stream_t>?

  // Every call passes the host table that the extension came from, with buffers that live for the call and whose length is
  // passed along.

  public var isAvailable: Bool { unsafe table != nil }

  /// Where a stream leads. Addresses and paths have to stand in one of the provider's settings, or to be found for a name that does.
  public enum Place: Hashable, Sendable {
    case tcp(SocketAddress, from: SocketAddress = .none)
    case tcpListener(SocketAddress)
    case unix(String)
    /// `mode`: permission bits of the socket's file, 0 = 0600.
    case unixListener(String, mode: UInt32 = 0)
    case unixDatagrams(String)
    case unixDatagramListener(String, mode: UInt32 = 0)
  }

  /// Begins to connect or to listen; `Provider.streamOpened` tells how that ended. The handle is never 0 and never used again.
  /// `timeout`: of connecting, ms; 0 = 10 s. [control or capture]
  public func open(_ place: Place, timeout: UInt32 = 0) -> Result<UInt32, SocketError> {
    guard let table = unsafe table, let open = unsafe table.pointee.open else { return .failure(.init(.unsupported)) }
    var options = unsafe tompion_stream_options_t()
    unsafe options.size = UInt32(MemoryLayout<tompion_stream_options_t>.size)
    unsafe options.connect_timeout_ms = timeout
    var path = ""
    switch place {
    case .tcp(let peer, let local):
      unsafe options.peer = peer.abi
      unsafe options.local = local.abi
    case .tcpListener(let local):
      unsafe options.local = local.abi
      unsafe options.flags = TOMPION_STREAM_LISTEN
    case .unix(let name):
      path = name
      unsafe options.flags = TOMPION_STREAM_UNIX
    case .unixListener(let name, let mode):
      path = name
      unsafe options.flags = TOMPION_STREAM_UNIX | TOMPION_STREAM_LISTEN
      unsafe options.mode = mode
    case .unixDatagrams(let name):
      path = name
      unsafe options.flags = TOMPION_STREAM_UNIX | TOMPION_STREAM_DATAGRAM
    case .unixDatagramListener(let name, let mode):
      path = name
      unsafe options.flags = TOMPION_STREAM_UNIX | TOMPION_STREAM_DATAGRAM | TOMPION_STREAM_LISTEN
      unsafe options.mode = mode
    }
    var stream: UInt32 = 0
    let status = unsafe path.withCString { text in
      unsafe options.path = text
      return unsafe Status(rawValue: open(host, &options, &stream))
    }
    return status == .ok ? .success(stream) : .failure(SocketError(status))
  }

  /// What was sent still leaves, unless `abort`. Nothing is delivered for the stream afterwards. [control or capture]
  public func close(_ stream: UInt32, abort: Bool = false) {
    guard let table = unsafe table, let close = unsafe table.pointee.close else { return }
    unsafe close(host, stream, abort ? 1 : 0)
  }

  /// Hands bytes over, copied; how many were taken. Fewer = full, and `Provider.streamWritable` comes once. [capture]
  public func send(_ stream: UInt32, _ bytes: Span<UInt8>) -> Int {
    guard let table = unsafe table, let send = unsafe table.pointee.send else { return 0 }
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe Int(send(host, stream, $0.baseAddress, UInt32(clamping: $0.count)))
    }
  }

  /// Ends this direction once what was taken is sent. [capture]
  @discardableResult
  public func end(_ stream: UInt32) -> Status {
    guard let table = unsafe table, let end = unsafe table.pointee.end else { return .unsupported }
    return unsafe Status(rawValue: end(host, stream))
  }

  /// Who is at the other end of a Unix stream (SO_PEERCRED). [capture]
  public func peerCredentials(_ stream: UInt32) -> (process: UInt32, user: UInt32, group: UInt32)? {
    guard let table = unsafe table, let find = unsafe table.pointee.peer_credentials else { return nil }
    var (process, user, group): (UInt32, UInt32, UInt32) = (0, 0, 0)
    return unsafe find(host, stream, &process, &user, &group) == TOMPION_OK ? (process, user, group) : nil
  }

  /// The address that a TCP stream or listener is bound to. [control or capture]
  public func localAddress(_ stream: UInt32) -> SocketAddress? {
    guard let table = unsafe table, let find = unsafe table.pointee.local_address else { return nil }
    var address = tompion_address_t()
    return unsafe find(host, stream, &address) == TOMPION_OK ? SocketAddress(address) : nil
  }
}
