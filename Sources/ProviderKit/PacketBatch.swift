// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
public import TimeTypes

/// The datagrams that came on a socket at once. The host owns the bytes and the batch lives for the call only: it can be neither
/// copied nor kept. Replies are made in place. [capture]
@safe
public struct PacketBatch: ~Copyable {
  @usableFromInline
  let packets: UnsafeMutablePointer<tompion_packet_t>
  /// How many there are.
  public let count: Int

  @unsafe
  @inlinable
  init(_ packets: UnsafeMutablePointer<tompion_packet_t>, count: Int) {
    unsafe self.packets = packets
    self.count = count
  }

  // Sound throughout: the host passes `count` packets that live for the call, each with `capacity` bytes of its own;
  // every access checks the index, and lengths are cut to the capacity.

  @inlinable
  func slot(_ index: Int) -> UnsafeMutablePointer<tompion_packet_t> {
    precondition(index >= 0 && index < count, "index of a packet outside its batch")
    return unsafe packets + index
  }

  /// How many bytes came.
  @inlinable
  public func length(_ index: Int) -> Int {
    unsafe Int(min(slot(index).pointee.length, slot(index).pointee.capacity))
  }

  /// The datagram was longer than the room for it.
  @inlinable
  public func isTruncated(_ index: Int) -> Bool {
    unsafe slot(index).pointee.flags & TOMPION_PACKET_TRUNCATED != 0
  }

  /// When it came.
  @inlinable
  public func stamp(_ index: Int) -> Stamp { unsafe Stamp(slot(index).pointee.stamp) }

  /// Who sent it.
  @inlinable
  public func peer(_ index: Int) -> SocketAddress { unsafe SocketAddress(slot(index).pointee.peer) }

  /// The address that was asked.
  @inlinable
  public func local(_ index: Int) -> SocketAddress { unsafe SocketAddress(slot(index).pointee.local) }

  /// The interface it came in on, 0 = not known.
  @inlinable
  public func interfaceIndex(_ index: Int) -> UInt32 { unsafe slot(index).pointee.interface_index }

  /// The bytes that came, and no more, for reading.
  @inlinable
  public func withBytes<Result>(_ index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    let length = length(index)
    guard let start = unsafe slot(index).pointee.bytes else { return body(Span()) }
    return unsafe body(Span(_unsafeStart: UnsafePointer(start), count: length))
  }

  /// The bytes that came, for writing a reply over them.
  @inlinable
  public mutating func withMutableBytes<Result>(_ index: Int, _ body: (inout MutableSpan<UInt8>) -> Result) -> Result {
    let length = length(index)
    guard let start = unsafe slot(index).pointee.bytes else {
      var none = MutableSpan<UInt8>()
      return body(&none)
    }
    var span = unsafe MutableSpan(_unsafeStart: start, count: length)
    return body(&span)
  }

  /// How many bytes of the datagram go back, 0 = none.
  @inlinable
  public func replyLength(_ index: Int) -> Int { unsafe Int(slot(index).pointee.reply_length) }

  /// Sends the first `length` bytes of the datagram back, never more than came. `token` asks for a TX stamp.
  @inlinable
  public mutating func reply(_ index: Int, length: Int, token: UInt64? = nil) {
    unsafe slot(index).pointee.reply_length = UInt32(max(0, min(length, self.length(index))))
    if let token {
      unsafe slot(index).pointee.flags |= TOMPION_PACKET_WANT_TX_STAMP
      unsafe slot(index).pointee.tx_token = token
    }
  }
}

/// A packet of ours has left.
public struct Transmitted: Hashable, Sendable, BitwiseCopyable {
  public var token: UInt64
  public var socket: UInt32
  /// Kind none: it left, but no stamp came in time.
  public var stamp: Stamp

  public init(token: UInt64, socket: UInt32, stamp: Stamp) {
    self.token = token
    self.socket = socket
    self.stamp = stamp
  }
}
