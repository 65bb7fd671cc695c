// SPDX-License-Identifier: Apache-2.0

import NTPWire
package import TimeTypes

/// The fields of a reply that a client decides by (RFC 5905, section 7.3), in its own words.
package struct ReplyHeader: Hashable, Sendable, BitwiseCopyable {
  package var leap: UInt8
  package var version: UInt8
  package var mode: UInt8
  package var stratum: UInt8
  package var precision: Int8
  package var rootDelay: TimeInterval
  package var rootDispersion: TimeInterval
  package var referenceID: UInt32
  /// Four timestamps of 32 bits seconds and 32 bits fraction.
  package var reference: UInt64
  package var origin: UInt64
  package var receive: UInt64
  package var transmit: UInt64

  package static let rate = KissCode.rate.rawValue
  package static let deny = KissCode.deny.rawValue
  package static let restrict = KissCode.restrict.rawValue
}
