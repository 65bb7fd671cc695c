// SPDX-License-Identifier: Apache-2.0

/// The messages of Samba's ntp_signd (samba, librpc/idl/ntp_signd.idl; w32time sheet, section 6): what is asked and what is answered, each
/// behind its length as a 32-bit number, most significant byte first. The key id alone is as the client sent it, least significant first.
package enum SigningFrame {
  /// Length, version, operation, packet id, padding, key id, header.
  package static let requestLength = 4 + 16 + 48
  /// Length, version, operation and packet id: what comes at least.
  package static let failureLength = 4 + 12
  /// The same with the signed packet of 68 bytes.
  package static let successLength = 4 + 12 + 68

  private static let signToClient: UInt32 = 0
  private static let success: UInt32 = 3
  private static let failure: UInt32 = 4

  /// A request to sign the 48 bytes of a reply.
  package static func request(id: UInt16, keyID: UInt32, header: InlineArray<48, UInt8>) -> InlineArray<68, UInt8> {
    var frame = InlineArray<68, UInt8>(repeating: 0)
    put(&frame, UInt32(requestLength - 4), at: 0)
    put(&frame, 0, at: 4)
    put(&frame, signToClient, at: 8)
    frame[12] = UInt8(truncatingIfNeeded: id >> 8)
    frame[13] = UInt8(truncatingIfNeeded: id)
    put(&frame, keyID.byteSwapped, at: 16)
    for index in 0..<48 { frame[20 + index] = header[index] }
    return frame
  }

  private static func put(_ frame: inout InlineArray<68, UInt8>, _ value: UInt32, at offset: Int) {
    for index in 0..<4 { frame[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index)) }
  }

  /// What came back.
  package enum Answer {
    /// The whole signed packet, of 68 bytes.
    case signed(id: UInt16, packet: InlineArray<68, UInt8>)
    case refused(id: UInt16)
    /// No answer at all: the stream cannot be read on.
    case nonsense
  }

  /// Of a whole frame of that length, its own four bytes of length included.
  static func answer(_ frame: InlineArray<84, UInt8>, length: Int) -> Answer {
    guard number(frame, 4) == 0, let id = UInt16(exactly: number(frame, 12)) else { return .nonsense }
    switch (number(frame, 8), length) {
    case (success, successLength):
      var packet = InlineArray<68, UInt8>(repeating: 0)
      for index in 0..<68 { packet[index] = frame[16 + index] }
      return .signed(id: id, packet: packet)
    case (failure, failureLength): return .refused(id: id)
    default: return .nonsense
    }
  }

  static func number(_ frame: InlineArray<84, UInt8>, _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 8 | UInt32(frame[offset + $1]) }
  }
}

/// Puts answers together from the pieces that a stream brings; holds one frame at most.
package struct SigningAnswers {
  private var frame = InlineArray<84, UInt8>(repeating: 0)
  private var count = 0

  package init() {}

  package mutating func reset() { count = 0 }

  /// Takes bytes and calls for each answer that they complete; false = the stream cannot be read on, or the body wants no more.
  package mutating func take(_ bytes: Span<UInt8>, _ body: (SigningFrame.Answer) -> Bool) -> Bool {
    for index in bytes.indices {
      frame[count] = bytes[index]
      count += 1
      guard count >= 4 else { continue }
      let length = Int(SigningFrame.number(frame, 0)) + 4
      guard length == SigningFrame.failureLength || length == SigningFrame.successLength else { return false }
      guard count == length else { continue }
      count = 0
      let answer = SigningFrame.answer(frame, length: length)
      if case .nonsense = answer { return false }
      guard body(answer) else { return false }
    }
    return true
  }
}
