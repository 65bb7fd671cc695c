// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// A request as fields of a frame between child and host.
extension DescriptorRequest {
  func write(to out: inout FrameWriter) {
    switch self {
    case .device(let device):
      let flags: UInt32 = (device.enablesPulses ? 1 : 0) | (device.isWritable ? 2 : 0) | (device.trustsAnyOwner ? 4 : 0)
      out.put(
        1 as UInt32, device.kind.rawValue, device.speed, UInt32(device.edges.rawValue), device.channel, device.pin)
      out.put(device.intervalMilliseconds, flags)
      out.put(device.path)
    case .stream(let stream):
      out.put(2 as UInt32, stream.timeoutMilliseconds)
      switch stream.end {
      case .connect(let local, let peer):
        out.put(1 as UInt32)
        out.put(local)
        out.put(peer)
      case .listen(let local):
        out.put(2 as UInt32)
        out.put(local)
      case .connectUnix(let path, let datagrams):
        out.put(3 as UInt32, datagrams ? 1 : 0)
        out.put(path)
      case .listenUnix(let path, let datagrams, let mode):
        out.put(4 as UInt32, datagrams ? 1 : 0, mode)
        out.put(path)
      }
    case .secret(let path, let isPublic):
      out.put(3 as UInt32, isPublic ? 1 : 0)
      out.put(path)
    }
  }

  static func read(_ input: inout FrameReader) -> DescriptorRequest? {
    switch input.word() {
    case 1:
      guard let kind = input.word().flatMap(DeviceOptions.Kind.init), kind != .memory, let speed = input.word(),
        let edges = input.word(), edges <= 3, let channel = input.word(), let pin = input.word(),
        let interval = input.word(), let flags = input.word(), flags < 8, let path = input.text()
      else { return nil }
      var device = DeviceOptions(kind: kind, path: path)
      device.speed = speed
      device.edges = PulseEdges(rawValue: edges)
      device.channel = channel
      device.pin = pin
      device.intervalMilliseconds = interval
      device.enablesPulses = flags & 1 != 0
      device.isWritable = flags & 2 != 0
      device.trustsAnyOwner = flags & 4 != 0
      return .device(device)
    case 2:
      guard let timeout = input.word(), let end = end(&input) else { return nil }
      var stream = StreamOptions(end)
      stream.timeoutMilliseconds = timeout
      return .stream(stream)
    case 3:
      guard let isPublic = input.word(), let path = input.text() else { return nil }
      return .secret(path: path, isPublic: isPublic == 1)
    default: return nil
    }
  }

  private static func end(_ input: inout FrameReader) -> StreamOptions.End? {
    switch input.word() {
    case 1:
      guard let local = input.address(), let peer = input.address() else { return nil }
      return .connect(from: local, to: peer)
    case 2: return input.address().map { .listen($0) }
    case 3:
      guard let datagrams = input.word(), let path = input.text(), path.hasPrefix("/") else { return nil }
      return .connectUnix(path, datagrams: datagrams == 1)
    case 4:
      guard let datagrams = input.word(), let mode = input.word(), mode & ~0o777 == 0, let path = input.text(),
        path.hasPrefix("/")
      else { return nil }
      return .listenUnix(path, datagrams: datagrams == 1, mode: mode)
    default: return nil
    }
  }
}
