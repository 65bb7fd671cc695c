// SPDX-License-Identifier: Apache-2.0

package import ReferenceWire
package import TimeTypes

/// What comes on a receiver's line, cut into messages, each with the time of its first byte. Fixed memory.
package struct SerialLine: Sendable {
  package enum Language: String, Hashable, Sendable, BitwiseCopyable { case both, nmea, ubx }

  package enum Message: Hashable, Sendable, BitwiseCopyable {
    case report(ReceiverReport, SentenceSet)
    /// Of a kind that is not read here: nothing is wrong with it.
    case other
    case damaged
  }

  private let language: Language
  private var stream = ReceiverStream()
  /// When the first byte of the message in hand was there by.
  package private(set) var first: Stamp?

  package init(_ language: Language) { self.language = language }

  /// Takes one byte of a read that began at `stamp`; a message that it ends, and `first` is when that began.
  package mutating func take(_ byte: UInt8, at stamp: Stamp) -> Message? {
    let ended = stream.take(byte)
    if stream.count == 1 { first = stamp }
    guard let ended else { return nil }
    switch ended {
    case .sentence where language != .ubx: return stream.withMessage { Self.sentence($0) }
    case .frame where language != .nmea: return stream.withMessage { Self.frame($0) }
    default: return nil
    }
  }

  /// Messages that were cut off, or longer than any.
  package var discarded: UInt64 { stream.discarded }

  /// The line was lost: what had come of a message is of no use.
  package mutating func reset() {
    stream = ReceiverStream()
    first = nil
  }

  private static func sentence(_ text: Span<UInt8>) -> Message {
    do throws(NMEASentence.Fault) {
      let sentence = try NMEASentence(text)
      return .report(ReceiverReport(sentence, text), SentenceSet(sentence.kind))
    } catch {
      return error == .kind ? .other : .damaged
    }
  }

  private static func frame(_ bytes: Span<UInt8>) -> Message {
    if let report = ReceiverReport(ubx: bytes) { return .report(report, .frame) }
    return UBXFrame.check(bytes) == nil ? .damaged : .other
  }
}
