// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import LinuxKernel

/// What a provider wants of a stream (stream/1), checked and as values.
package struct StreamOptions: Sendable, Equatable {
  package enum End: Sendable, Equatable {
    case connect(from: SocketAddress, to: SocketAddress)
    case listen(SocketAddress)
    case connectUnix(String, datagrams: Bool)
    case listenUnix(String, datagrams: Bool, mode: UInt32)
  }

  package var end: End
  package var timeoutMilliseconds: UInt32 = 10_000

  package init(_ end: End) { self.end = end }

  /// nil = INVALID or UNSUPPORTED, told by `status`.
  init?(_ options: tompion_stream_options_t, path: String?, status: inout tompion_status) {
    let flags = unsafe options.flags
    let (listens, isUnix) = (flags & TOMPION_STREAM_LISTEN != 0, flags & TOMPION_STREAM_UNIX != 0)
    let datagrams = flags & TOMPION_STREAM_DATAGRAM != 0
    status = TOMPION_UNSUPPORTED
    guard flags & ~(TOMPION_STREAM_LISTEN | TOMPION_STREAM_UNIX | TOMPION_STREAM_DATAGRAM) == 0 else { return nil }
    status = TOMPION_INVALID
    let (local, peer) = unsafe (SocketAddress(options.local), SocketAddress(options.peer))
    if isUnix {
      guard let path, path.hasPrefix("/"), unsafe options.mode & ~0o777 == 0 else { return nil }
      let mode = unsafe options.mode == 0 ? 0o600 : options.mode
      end = listens ? .listenUnix(path, datagrams: datagrams, mode: mode) : .connectUnix(path, datagrams: datagrams)
    } else {
      guard !datagrams, (listens ? local : peer).family != .none, listens || peer.port != 0 else { return nil }
      end = listens ? .listen(local) : .connect(from: local, to: peer)
    }
    if unsafe options.connect_timeout_ms != 0 { unsafe timeoutMilliseconds = options.connect_timeout_ms }
  }

  package var listens: Bool {
    switch end {
    case .listen, .listenUnix(_, datagrams: false, mode: _): true
    default: false
    }
  }

  package var isDatagrams: Bool {
    switch end {
    case .connectUnix(_, let datagrams), .listenUnix(_, let datagrams, mode: _): datagrams
    default: false
    }
  }

  package var isUnix: Bool {
    switch end {
    case .connectUnix, .listenUnix: true
    case .connect, .listen: false
    }
  }
}

extension ProviderGrants {
  /// Whether its settings name where a stream is to go or to wait.
  func permits(_ options: StreamOptions) -> Bool {
    switch options.end {
    case .connect(let local, let peer): permits(address: peer) && (local.family == .none || permits(address: local))
    case .listen(let local): permits(address: local)
    case .connectUnix(let path, _), .listenUnix(let path, _, _): permits(path: path)
    }
  }
}
