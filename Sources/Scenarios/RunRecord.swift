// SPDX-License-Identifier: Apache-2.0

/// What was true, and what the daemon said of it, at each whole true second of one run; the first element is second 1.
package struct RunRecord: Sendable, Equatable {
  /// Client minus true, seconds.
  package var offsets: [Double] = []
  /// The client's total frequency error, slewing included.
  package var frequencies: [Double] = []
  /// The published bounds as a reader would extend them to that second; infinite while unsynchronized.
  package var statisticalBounds: [Double] = []
  package var hardBounds: [Double] = []
  /// What the clock followed in each of them.
  package var followed: [Followed] = []
  /// How often providers raised events, by number, and engine and [control], by their slugs (Docs/events.md).
  package var providerEvents: [Int: Int] = [:]
  package var engineEvents: [String: Int] = [:]
  /// Of a host and its clients: how far apart the first and the last of their clocks are, each second; none without clients.
  package var spreads: [Double] = []
  /// Clients' seconds in which something was wrong and they were called synchronized, and those in which their hard bound held.
  package var clientsJudged = 0
  package var clientsHeld = 0
  /// The least that any client's hard bound reached at most.
  package var clientsBound = Double.infinity
  package var samples = 0
  package var steps = 0

  package init() {}

  package mutating func append(
    offset: Double, frequency: Double, statistical: Double, hard: Double, followed: Followed = .unsynchronized
  ) {
    self.followed.append(followed)
    offsets.append(offset)
    frequencies.append(frequency)
    statisticalBounds.append(statistical)
    hardBounds.append(hard)
  }

  /// FNV-1a over the bits of every number: two runs are the same where it is.
  package var digest: UInt64 {
    var digest = Fingerprint()
    for numbers in [offsets, frequencies, statisticalBounds, hardBounds] {
      for number in numbers { digest.add(number.bitPattern) }
    }
    digest.add(UInt64(samples))
    digest.add(UInt64(steps))
    return digest.value
  }
}

/// FNV-1a, 64 bits (Fowler, Noll and Vo): tells values apart, keeps no secret.
package struct Fingerprint: Sendable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  package mutating func add(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { add(UInt8(truncatingIfNeeded: word >> shift)) }
  }

  package mutating func add(_ text: String) { for byte in text.utf8 { add(byte) } }

  /// Sixteen hexadecimal digits.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
