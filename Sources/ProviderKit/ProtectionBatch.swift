// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// The packets that a host hands an authenticator at once. Their bytes are the callers', and the batch lives for the call only: it can be
/// neither copied nor kept. [capture]
@safe
public struct ProtectionBatch: ~Copyable {
  private let packets: UnsafeMutablePointer<tompion_protection_t>
  /// How many there are.
  public let count: Int

  @unsafe
  init(_ packets: UnsafeMutablePointer<tompion_protection_t>, count: Int) {
    unsafe self.packets = packets
    self.count = count
  }

  /// Has each packet decided by one of `Protection`'s verbs; what is in `bytes` beyond `packet.length` is room for more.
  public mutating func decideEach(_ decide: (_ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) -> Void) {
    for index in 0..<count {
      // Sound: the host passes `count` packets that live for the call, and the bytes of each are its own, as many as it has; what does not
      // fit together stays refused, as the host has filled it in.
      guard let bytes = unsafe packets[index].bytes, unsafe packets[index].length <= packets[index].limit,
        unsafe packets[index].limit <= packets[index].capacity
      else { continue }
      var span = unsafe MutableSpan(_unsafeStart: bytes, count: Int(packets[index].capacity))
      var packet = unsafe Protection(packets[index])
      decide(&span, &packet)
      unsafe packet.giveVerdict(to: &packets[index])
    }
  }
}
