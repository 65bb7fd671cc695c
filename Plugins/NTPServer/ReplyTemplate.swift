// SPDX-License-Identifier: Apache-2.0

import NTPWire
package import TimeTypes

/// What all replies of a batch have in common, as the big-endian words of the wire (RFC 5905, figure 8): a reply is then six stores.
package struct ReplyTemplate: Sendable, BitwiseCopyable {
  /// Leap, stratum, precision and root delay; version, mode and poll are each reply's own and zero here.
  let first: UInt64
  /// Root dispersion and reference id.
  let second: UInt64
  /// Reference timestamp.
  let third: UInt64

  /// - Parameter delay: what a reply waits after its transmit timestamp, which the root dispersion says beforehand.
  package init(_ served: ServedTime, delay: TimeInterval) {
    var served = served
    if delay > .zero { served.rootDispersion = NTPShort(served.rootDispersion.interval + delay) }
    self.init(served)
  }

  package init(_ served: ServedTime) {
    let precision = UInt64(UInt8(bitPattern: served.precision))
    first =
      UInt64(served.leap.rawValue) << 62 | UInt64(served.stratum) << 48 | precision << 32
      | UInt64(served.rootDelay.rawValue)
    second = UInt64(served.rootDispersion.rawValue) << 32 | UInt64(served.referenceID.rawValue)
    third = served.referenceTimestamp.rawValue
  }
}
