// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// One stream of a provider. The owner's thread.
final class HostedStream {
  enum Phase {
    /// What `opened` is to say is still to be found out, or to be said.
    case opening
    case open
  }

  let handle: UInt32
  let options: StreamOptions
  let descriptor: FileDescriptor
  /// The file of a Unix socket that it is bound to, kept as long as it is.
  private let file: SocketFile?
  var phase: Phase
  /// Both directions may end apart.
  var hasReceivedEnd = false
  var hasSentEnd = false
  /// A send took too little: room is to be told.
  var wantsRoom = false
  /// A send found it broken, by this errno: to be said.
  var brokenBy: Int32?
  /// A listener without room for another connection, or refused one: it listens again later.
  var isPaused = false

  init(handle: UInt32, options: StreamOptions, _ opened: OpenedDescriptor, phase: Phase) {
    self.handle = handle
    self.options = options
    descriptor = opened.descriptor
    file = opened.file
    self.phase = phase
  }

  /// TCP connects in its own time; everything else is there at once.
  var isConnecting: Bool {
    if case .connect = options.end { return phase == .opening }
    return false
  }

  /// What the loop is to watch for.
  var interest: PollLoop.Interest {
    if isConnecting { return .write }
    var interest: PollLoop.Interest = hasReceivedEnd || isPaused || brokenBy != nil || phase == .opening ? [] : .read
    if wantsRoom { interest.insert(.write) }
    return interest
  }
}

/// The streams of one provider and the memory that they are read into; made once, so that receiving allocates nothing.
@safe final class HostedStreams {
  static let limit = 64
  static let readLimit = 16384

  // Sound: made here, freed in deinit, used by the owner's thread alone within calls of the backend.
  let bytes: UnsafeMutableRawBufferPointer
  private(set) var all: [HostedStream] = []
  private var lastHandle: UInt32 = 0

  init() {
    unsafe bytes = .allocate(byteCount: Self.readLimit, alignment: 16)
    all.reserveCapacity(Self.limit)
  }

  deinit { unsafe bytes.deallocate() }

  var hasRoom: Bool { all.count < Self.limit }

  func find(_ handle: UInt32) -> HostedStream? {
    for index in 0..<all.count where all[index].handle == handle { return all[index] }
    return nil
  }

  func add(_ options: StreamOptions, _ opened: OpenedDescriptor, phase: HostedStream.Phase) -> HostedStream {
    lastHandle &+= 1
    let stream = HostedStream(handle: lastHandle, options: options, opened, phase: phase)
    all.append(stream)
    return stream
  }

  func remove(_ handle: UInt32) { all.removeAll { $0.handle == handle } }
}
