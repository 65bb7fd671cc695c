// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// How late a receiver's messages were found to be, as it is kept over a restart: 16 bytes, two little-endian numbers of ns. Pure.
package struct RememberedDelay: Hashable, Sendable, BitwiseCopyable {
  package var delay: TimeInterval
  /// How wrong that may be, ns.
  package var uncertainty: UInt64

  package init(delay: TimeInterval, uncertainty: UInt64) {
    self.delay = delay
    self.uncertainty = uncertainty
  }

  /// nil = no such thing: what comes off a disk may be anything.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    func number(_ from: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[from + $1]) << UInt64(8 * $1) } }
    let delay = TimeInterval(nanoseconds: Int64(bitPattern: number(0)))
    guard delay > -DelayLearner.longest, delay < DelayLearner.longest, number(8) <= 1_000_000_000 else { return nil }
    self.init(delay: delay, uncertainty: number(8))
  }

  package var bytes: [UInt8] {
    [UInt64(bitPattern: delay.nanoseconds), uncertainty].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
  }

  /// What it is kept as: another place, speed, protocol or choice of sentences is another receiver (FNV-1a of 64 bits).
  package static func name(of settings: ReceiverSettings) -> String {
    var place = settings.place.text
    if case .line(_, let speed, let language) = settings.place { place += " \(speed) \(language.rawValue)" }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(place) \(settings.options.sentences.rawValue)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return "delay." + String(hash, radix: 16)
  }
}
