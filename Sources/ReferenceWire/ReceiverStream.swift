// SPDX-License-Identifier: Apache-2.0

/// Cuts what comes from a receiver's line into sentences of NMEA 0183 and frames of UBX, byte by byte; both may come in one line.
///
/// Fixed memory. What is damaged, too long or of neither kind is passed over and counted, and the next one is found.
package struct ReceiverStream: Sendable {
  package enum Message: Hashable, Sendable, BitwiseCopyable {
    case sentence
    case frame
  }

  private enum State: Sendable {
    case between
    case sentence
    case sync
    case frame(length: Int)
  }

  private static let capacity = UBXFrame.longestPayload + UBXFrame.overhead
  private var buffer: [UInt8]
  /// Bytes of the message in hand.
  package private(set) var count = 0
  private var state = State.between
  /// Where in the stream the message in hand began.
  package private(set) var start: UInt64 = 0
  private var position: UInt64 = 0
  /// Messages that were cut off, or longer than any.
  package private(set) var discarded: UInt64 = 0

  package init() { buffer = [UInt8](repeating: 0, count: Self.capacity) }

  /// The message that `take` has just ended.
  package func withMessage<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(buffer.span.extracting(first: count))
  }

  /// How many bytes have come in all.
  package var received: UInt64 { position }

  /// Takes one byte; a message that it ends is there for `withMessage` until the next.
  package mutating func take(_ byte: UInt8) -> Message? {
    defer { position &+= 1 }
    switch state {
    case .between:
      begin(byte)
      return nil
    case .sentence:
      if byte == UInt8(ascii: "$") || byte == UBXFrame.sync.0 {
        discarded &+= 1
        begin(byte)
        return nil
      }
      if byte == 13 || byte == 10 {
        state = .between
        return .sentence
      }
      keep(byte, longest: NMEASentence.longest)
      return nil
    case .sync:
      guard byte == UBXFrame.sync.1 else {
        discarded &+= 1
        begin(byte)
        return nil
      }
      keep(byte, longest: Self.capacity)
      state = .frame(length: UBXFrame.overhead)
      return nil
    case .frame(var length):
      keep(byte, longest: Self.capacity)
      if count == 6 {
        length = UBXFrame.overhead + (Int(buffer[4]) | Int(buffer[5]) << 8)
        guard length <= Self.capacity else {
          discarded &+= 1
          state = .between
          return nil
        }
        state = .frame(length: length)
      }
      guard count >= 6, count == length else { return nil }
      state = .between
      return .frame
    }
  }

  private mutating func begin(_ byte: UInt8) {
    count = 0
    start = position
    switch byte {
    case UInt8(ascii: "$"): state = .sentence
    case UBXFrame.sync.0: state = .sync
    default:
      state = .between
      return
    }
    keep(byte, longest: Self.capacity)
  }

  private mutating func keep(_ byte: UInt8, longest: Int) {
    guard count < longest else {
      discarded &+= 1
      state = .between
      return
    }
    buffer[count] = byte
    count += 1
  }
}
