// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import LinuxKernel
import TimeTypes

/// TCP and Unix streams and Unix datagrams (stream/1). The owner's thread: [control] opens, [capture] sends and receives.
extension KernelBackend {
  package func openStream(_ options: StreamOptions) -> SocketOpening {
    guard loop.profile == .full else { return .failed(TOMPION_UNSUPPORTED) }
    let streams = self.streams ?? HostedStreams()
    self.streams = streams
    guard streams.hasRoom else { return .failed(TOMPION_AGAIN) }
    do throws(KernelError) {
      let opened = try opener.open(.stream(options))
      let stream = streams.add(options, opened, phase: .opening)
      do throws(KernelError) {
        try watch(stream)
        // What did not have to wait is said from the loop, too.
        let wait: TimeInterval = stream.isConnecting ? .milliseconds(Int64(options.timeoutMilliseconds)) : .zero
        guard loop.arm(Token.make(number, Token.streamDue, stream.handle), at: rawNow() + wait) else {
          throw KernelError("arm a timer", errno: KernelError.wouldBlock)
        }
      } catch {
        drop(stream)
        throw error
      }
      return .opened(stream.handle)
    } catch {
      // No socket file (ENOENT) and nobody behind it (ECONNREFUSED) differ, as they do for people.
      // What stands at a path and is no socket is another mistake than a socket that is taken.
      let isNoSocket = error.errno == KernelError.exists || error.errno == KernelError.notSocket
      return .failed(isNoSocket ? TOMPION_INVALID : tompion_status(errno: error.errno))
    }
  }

  package func closeStream(_ handle: UInt32, aborts: Bool) {
    guard let stream = streams?.find(handle) else { return }
    if aborts, !stream.options.isUnix { StreamSocket.resetOnClose(stream.descriptor.rawValue) }
    drop(stream)
  }

  package func send(_ bytes: UnsafeRawBufferPointer, stream handle: UInt32) -> UInt32 {
    guard let stream = streams?.find(handle), stream.phase == .open, stream.brokenBy == nil, !stream.hasSentEnd,
      !stream.options.listens
    else { return 0 }
    let sent: Int
    do throws(KernelError) {
      // Sound: the caller's bytes, borrowed for the call.
      sent = try unsafe StreamSocket.send(stream.descriptor.rawValue, bytes)
    } catch {
      // Told from the loop: never from inside this call.
      stream.brokenBy = error.errno
      modify(stream)
      _ = loop.arm(Token.make(number, Token.streamDue, handle), at: rawNow())
      return 0
    }
    if sent < bytes.count {
      stream.wantsRoom = true
      modify(stream)
    }
    return UInt32(clamping: sent)
  }

  package func endStream(_ handle: UInt32) -> tompion_status {
    guard let stream = streams?.find(handle) else { return TOMPION_NOT_FOUND }
    guard !stream.options.listens, !stream.options.isDatagrams else { return TOMPION_UNSUPPORTED }
    guard stream.phase == .open else { return TOMPION_AGAIN }
    guard !stream.hasSentEnd else { return TOMPION_OK }
    do throws(KernelError) {
      try StreamSocket.end(stream.descriptor.rawValue)
      stream.hasSentEnd = true
      return TOMPION_OK
    } catch {
      return tompion_status(errno: error.errno)
    }
  }

  package func streamCredentials(_ handle: UInt32) -> PeerCredentials? {
    guard let stream = streams?.find(handle), stream.options.isUnix, !stream.options.isDatagrams,
      !stream.options.listens
    else { return nil }
    return try? StreamSocket.credentials(stream.descriptor.rawValue)
  }

  package func streamAddress(_ handle: UInt32) -> tompion_address_t? {
    guard let stream = streams?.find(handle), !stream.options.isUnix else { return nil }
    return tompion_address_t(StreamSocket.local(stream.descriptor.rawValue))
  }

  func closeStreams() {
    while let stream = streams?.all.first { drop(stream) }
  }

  // MARK: the loop

  private func watch(_ stream: HostedStream) throws(KernelError) {
    try loop.add(
      stream.descriptor.rawValue, token: Token.make(number, Token.stream, stream.handle), interest: stream.interest)
  }

  private func modify(_ stream: HostedStream) {
    loop.modify(stream.descriptor.rawValue, interest: stream.interest)
  }

  private func drop(_ stream: HostedStream) {
    loop.disarm(Token.make(number, Token.streamDue, stream.handle))
    loop.remove(stream.descriptor.rawValue)
    streams?.remove(stream.handle)
    // A listener that had to wait for a place has one now.
    guard let streams else { return }
    for index in 0..<streams.all.count where streams.all[index].isPaused && streams.all[index].options.listens {
      streams.all[index].isPaused = false
      modify(streams.all[index])
    }
  }

  private func fail(_ stream: HostedStream, _ errno: Int32) {
    let wasOpen = stream.phase == .open
    drop(stream)
    let status = tompion_status(errno: errno)
    if wasOpen {
      instance?.streamFailed(stream.handle, status: status)
    } else {
      instance?.streamOpened(stream.handle, status: status)
    }
  }

  /// The time to connect is over, or something is to be said that could not be said at once.
  func streamDue(_ handle: UInt32) {
    guard let stream = streams?.find(handle) else { return }
    if let errno = stream.brokenBy { return fail(stream, errno) }
    if stream.options.listens, stream.phase == .open {
      stream.isPaused = false
      return modify(stream)
    }
    guard stream.phase == .opening else { return }
    guard !stream.isConnecting else { return fail(stream, Self.timedOut) }
    stream.phase = .open
    modify(stream)
    instance?.streamOpened(handle, status: TOMPION_OK)
  }

  func streamWritable(_ handle: UInt32) {
    guard let stream = streams?.find(handle) else { return }
    if stream.isConnecting {
      if let error = StreamSocket.error(stream.descriptor.rawValue) { return fail(stream, error.errno) }
      loop.disarm(Token.make(number, Token.streamDue, handle))
      stream.phase = .open
      modify(stream)
      instance?.streamOpened(handle, status: TOMPION_OK)
    } else if stream.wantsRoom {
      stream.wantsRoom = false
      modify(stream)
      instance?.streamWritable(handle)
    }
  }

  func streamReadable(_ handle: UInt32) {
    guard let stream = streams?.find(handle) else { return }
    if stream.isConnecting { return streamWritable(handle) }
    guard stream.phase == .open, stream.brokenBy == nil else { return }
    if stream.options.listens { accept(stream) } else { receive(stream) }
  }

  /// The loop says that something is wrong, or urgent.
  func streamTroubled(_ handle: UInt32) {
    guard let stream = streams?.find(handle), stream.brokenBy == nil else { return }
    if let error = StreamSocket.error(stream.descriptor.rawValue) { return fail(stream, error.errno) }
    streamReadable(handle)
  }

  private func receive(_ stream: HostedStream) {
    guard let streams, !stream.hasReceivedEnd else {
      // It hung up, which the loop would go on telling: nothing can be sent any more. Where both had ended there is nothing to say.
      return stream.hasSentEnd ? loop.remove(stream.descriptor.rawValue) : fail(stream, Self.brokenPipe)
    }
    let datagrams = stream.options.isDatagrams
    // Bounded, so that one peer cannot keep the loop.
    for _ in 0..<Self.readsInTurn {
      do throws(KernelError) {
        // Sound: the buffer is this thread's and lives as long as the table; the provider borrows it for the call.
        guard
          let count = try unsafe StreamSocket.receive(
            stream.descriptor.rawValue, into: streams.bytes, datagrams: datagrams)
        else { return }
        if datagrams, count == 0 || count > HostedStreams.readLimit { continue }
        if count == 0 {
          stream.hasReceivedEnd = true
          modify(stream)
        }
        unsafe instance?.streamReceived(stream.handle, UnsafeRawBufferPointer(rebasing: streams.bytes[..<count]))
        if count < HostedStreams.readLimit, !datagrams { return }
      } catch {
        // Of datagrams a refusal is about one that was sent.
        if datagrams, case .listenUnix = stream.options.end { return }
        return fail(stream, error.errno)
      }
      // The provider may have closed it.
      guard streams.find(stream.handle) === stream else { return }
    }
  }

  private func accept(_ listener: HostedStream) {
    guard let streams else { return }
    for _ in 0..<Self.readsInTurn {
      guard streams.hasRoom else {
        listener.isPaused = true
        return modify(listener)
      }
      do throws(KernelError) {
        guard let (descriptor, peer) = try StreamSocket.accept(listener.descriptor.rawValue) else { return }
        let end: StreamOptions.End =
          listener.options.isUnix ? .connectUnix("", datagrams: false) : .connect(from: .none, to: peer)
        let stream = streams.add(StreamOptions(end), OpenedDescriptor(descriptor), phase: .open)
        do throws(KernelError) { try watch(stream) } catch {
          drop(stream)
          throw error
        }
        instance?.streamAccepted(listener.handle, stream.handle, tompion_address_t(peer))
      } catch {
        // Out of descriptors or of places in the loop: nothing that ends a listener, and nothing to try at once.
        listener.isPaused = true
        modify(listener)
        _ = loop.arm(Token.make(number, Token.streamDue, listener.handle), at: rawNow() + .milliseconds(100))
        return
      }
      guard streams.find(listener.handle) === listener else { return }
    }
  }

  private static let readsInTurn = 8
  /// EPIPE and ETIMEDOUT (errno(3)).
  private static let brokenPipe: Int32 = 32
  private static let timedOut: Int32 = 110
}
