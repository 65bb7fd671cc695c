// SPDX-License-Identifier: Apache-2.0

package import LinuxKernel

/// What a provider asked to have opened, as values: the whole of what a child process would have to send to its host.
package enum DescriptorRequest: Sendable, Equatable {
  /// A serial line, /dev/ppsN or /dev/ptpN. Not memory: that is attached.
  case device(DeviceOptions)
  /// A TCP or Unix socket that connects, listens, or takes datagrams.
  case stream(StreamOptions)
  /// A secret's file, its owner and mode checked; positioned at its start.
  case secret(path: String, isPublic: Bool)
}

/// A descriptor that was opened for a provider, non-blocking and closed on exec.
package struct OpenedDescriptor {
  package let descriptor: FileDescriptor
  /// The file of a Unix socket that was bound; removed when this is let go, by whoever made it.
  package let file: SocketFile?

  package init(_ descriptor: FileDescriptor, file: SocketFile? = nil) {
    self.descriptor = descriptor
    self.file = file
  }
}

/// Opens what a provider asks for. In the daemon by system calls (`SystemOpener`); in a sandboxed child by asking the daemon, for the
/// child may open nothing itself. What comes back belongs to the caller; reading, writing and closing it is the same in both. What may be
/// opened was checked against the provider's grants before; whoever opens for another process checks again (`ProviderGrants`).
///
/// One thread, the owner's of the backend. Nothing of it waits for anybody but, in a child, the daemon.
package protocol DescriptorOpener: AnyObject {
  func openDatagram(_ options: UDPSocketOptions, _ profile: KernelProfile) throws(KernelError) -> UDPSocket.Opened
  /// Opens everything that is no UDP socket. EOPNOTSUPP: not from here.
  func open(_ request: DescriptorRequest) throws(KernelError) -> OpenedDescriptor
  /// Which state of a secret's file it is; nil = there is none, or it cannot be looked at from here.
  func revision(of path: String) -> SecretFile.Revision?
  /// Attaches NTP's shared memory of that number, which is no descriptor and cannot be passed. EOPNOTSUPP: not from here.
  func attach(unit: UInt32, isWritable: Bool, trustsAnyOwner: Bool) throws(KernelError) -> SharedSegment
}

extension DescriptorOpener {
  package func open(_ request: DescriptorRequest) throws(KernelError) -> OpenedDescriptor {
    throw KernelError("open that from here", errno: KernelError.notSupported)
  }

  package func revision(of path: String) -> SecretFile.Revision? { nil }

  package func attach(unit: UInt32, isWritable: Bool, trustsAnyOwner: Bool) throws(KernelError) -> SharedSegment {
    throw KernelError("attach memory from here", errno: KernelError.notSupported)
  }
}

/// Opens by system calls.
package final class SystemOpener: DescriptorOpener {
  package init() {}

  package func openDatagram(
    _ options: UDPSocketOptions, _ profile: KernelProfile
  ) throws(KernelError) -> UDPSocket.Opened {
    try UDPSocket.open(options, profile)
  }

  package func open(_ request: DescriptorRequest) throws(KernelError) -> OpenedDescriptor {
    switch request {
    case .device(let options): OpenedDescriptor(try open(options))
    case .stream(let options): try open(options)
    case .secret(let path, let isPublic): OpenedDescriptor(try SecretFile.open(path, isPublic: isPublic))
    }
  }

  package func revision(of path: String) -> SecretFile.Revision? { SecretFile.revision(path) }

  package func attach(
    unit: UInt32, isWritable: Bool, trustsAnyOwner: Bool
  ) throws(KernelError) -> SharedSegment {
    try SharedSegment(unit: unit, isWritable: isWritable, trustsAnyOwner: trustsAnyOwner)
  }

  private func open(_ options: StreamOptions) throws(KernelError) -> OpenedDescriptor {
    switch options.end {
    case .connect(let local, let peer): return OpenedDescriptor(try StreamSocket.connect(from: local, to: peer))
    case .listen(let local): return OpenedDescriptor(try StreamSocket.listen(at: local))
    case .connectUnix(let path, let datagrams):
      return OpenedDescriptor(try StreamSocket.connect(to: path, datagrams: datagrams))
    case .listenUnix(let path, let datagrams, let mode):
      let descriptor = try StreamSocket.listen(at: path, datagrams: datagrams, mode: mode)
      return OpenedDescriptor(descriptor, file: SocketFile(path))
    }
  }

  private func open(_ options: DeviceOptions) throws(KernelError) -> FileDescriptor {
    switch options.kind {
    case .serial: try SerialPort.open(options.path, speed: options.speed)
    case .pulses: try MarkDevice.openPulses(options.path, edges: options.edges, enables: options.enablesPulses)
    case .hardwareClock:
      try MarkDevice.openHardwareClock(
        options.path, channel: options.channel, pin: options.pin, edges: options.edges, enables: options.enablesPulses)
    case .memory: throw KernelError("open memory as a device", errno: KernelError.notSupported)
    }
  }
}
