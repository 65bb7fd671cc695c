// SPDX-License-Identifier: Apache-2.0

/// The code that Tests/Providers/keyed.c puts behind a packet: a sum that begins with the key, and protects nobody.
public enum KeyedCode {
  /// The key's number and the code over `bytes`.
  public static func trailer(key: UInt32, over bytes: some Collection<UInt8>) -> [UInt8] {
    var out = (0..<4).map { UInt8(truncatingIfNeeded: key >> (24 - 8 * UInt32($0))) }
    for half in UInt64(0)..<2 {
      var sum = 0xcbf2_9ce4_8422_2325 ^ UInt64(key) ^ half << 40
      for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
      for index in UInt64(0)..<8 { out.append(UInt8(truncatingIfNeeded: sum >> (8 * index))) }
    }
    return out
  }

  /// A packet with its code behind it.
  public static func signed(_ bytes: [UInt8], key: UInt32) -> [UInt8] { bytes + trailer(key: key, over: bytes) }

  /// Whether a packet of 68 bytes was made with that key.
  public static func isSigned(_ bytes: [UInt8], key: UInt32) -> Bool {
    bytes.count == 68 && Array(bytes.suffix(20)) == trailer(key: key, over: bytes.prefix(48))
  }
}
