// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What a request over UDP brought.
package enum QueryOutcome: Equatable, Sendable {
  /// ICMP port unreachable.
  case refused
  /// Another ICMP error; in the kernel's words.
  case unreachable(String)
  case notSent(String)
  /// In none of the tries; the length of all.
  case silent(seconds: Int64)
  /// Every datagram that came within a moment, in their order.
  case answered([QueryReply], sent: Instant<UTC>)
}

package struct QueryReply: Equatable, Sendable {
  package var bytes: [UInt8]
  package var received: Instant<UTC>

  package init(_ bytes: [UInt8], received: Instant<UTC>) {
    self.bytes = bytes
    self.received = received
  }
}
