// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import ProviderHost

/// A stream or a datagram socket that a provider has open.
struct VirtualStream {
  var handle: UInt32
  var path: String
  var isDatagrams: Bool
  var isOpen = false
}

/// Who answers at the path of a Unix socket: gpsd.
package struct VirtualStreamServer {
  /// What it says first.
  package var greeting: [UInt8]
  /// What it says to something that came.
  package var answer: ([UInt8]) -> [UInt8]

  package init(greeting: [UInt8], answer: @escaping ([UInt8]) -> [UInt8]) {
    self.greeting = greeting
    self.answer = answer
  }
}

/// Streams of a host, driven from outside its providers.
extension VirtualHost {
  /// From now on somebody answers at a path.
  package func serve(_ server: VirtualStreamServer, at path: String) { streamServers[path] = server }

  /// Says something on every connection to a path, or sends a datagram to who listens there.
  package func send(_ bytes: [UInt8], to path: String) {
    for provider in providers {
      for stream in provider.backend.streams where stream.path == path && stream.isOpen {
        provider.backend.streamed(bytes, stream.handle)
      }
    }
  }

  /// Whoever answered at a path is gone, and with him his connections.
  package func stopServing(at path: String) {
    streamServers[path] = nil
    for provider in providers {
      for stream in provider.backend.streams where stream.path == path && !stream.isDatagrams {
        provider.backend.broken(stream.handle)
      }
    }
  }
}

/// stream/1 in virtual time: Unix sockets of this host. There is no TCP: those who ask for it are told UNSUPPORTED.
extension VirtualBackend {
  private static let limit = 64

  package func openStream(_ options: StreamOptions) -> SocketOpening {
    guard streams.count < Self.limit else { return .failed(TOMPION_AGAIN) }
    let path: String
    switch options.end {
    case .connectUnix(let there, datagrams: false):
      guard host.streamServers[there] != nil else { return .failed(TOMPION_NOT_FOUND) }
      path = there
    case .listenUnix(let here, datagrams: true, mode: _):
      let isBusy = host.providers.contains { $0.backend.streams.contains { $0.path == here } }
      guard !isBusy, !streams.contains(where: { $0.path == here }) else { return .failed(TOMPION_ADDRESS_IN_USE) }
      path = here
    case .connect, .listen, .connectUnix, .listenUnix: return .failed(TOMPION_UNSUPPORTED)
    }
    lastStream &+= 1
    let handle = lastStream
    streams.append(VirtualStream(handle: handle, path: path, isDatagrams: options.isDatagrams))
    later(.zero) { $0.stands(handle) }
    return .opened(handle)
  }

  package func closeStream(_ stream: UInt32, aborts: Bool) { streams.removeAll { $0.handle == stream } }

  /// Everything is taken, and answered at once.
  package func send(_ bytes: UnsafeRawBufferPointer, stream handle: UInt32) -> UInt32 {
    guard let stream = streams.first(where: { $0.handle == handle }), stream.isOpen,
      let server = host.streamServers[stream.path]
    else { return 0 }
    let answer = unsafe server.answer(Array(bytes))
    if !answer.isEmpty { later(.zero) { $0.streamed(answer, handle) } }
    return UInt32(clamping: bytes.count)
  }

  package func endStream(_ stream: UInt32) -> tompion_status {
    streams.contains { $0.handle == stream } ? TOMPION_OK : TOMPION_NOT_FOUND
  }

  private func stands(_ handle: UInt32) {
    guard let place = streams.firstIndex(where: { $0.handle == handle }) else { return }
    streams[place].isOpen = true
    let greeting = host.streamServers[streams[place].path]?.greeting ?? []
    instance?.streamOpened(handle, status: TOMPION_OK)
    if !greeting.isEmpty { streamed(greeting, handle) }
  }

  func streamed(_ bytes: [UInt8], _ handle: UInt32) {
    guard streams.contains(where: { $0.handle == handle }) else { return }
    // Sound: the array lives through the call.
    unsafe bytes.withUnsafeBytes { unsafe instance?.streamReceived(handle, $0) }
  }

  func broken(_ handle: UInt32) {
    streams.removeAll { $0.handle == handle }
    instance?.streamFailed(handle, status: TOMPION_UNREACHABLE)
  }
}
