// SPDX-License-Identifier: Apache-2.0

/// What happened to a receiver's messages so far.
package struct ReceiverCounters: Sendable {
  /// Messages that could be read.
  package var messages: UInt32 = 0
  /// Messages that were damaged: no form, a wrong checksum, values that no clock shows.
  package var damaged: UInt32 = 0
  /// Samples published.
  package var published: UInt32 = 0
  /// Readings that came while the receiver had no time to give.
  package var unfit: UInt32 = 0
  /// Readings while it had to show itself.
  package var settling: UInt32 = 0
  package private(set) var refused: UInt32 = 0
  package private(set) var lastRefusal: Refusal?
  private var byReason = InlineArray<8, UInt32>(repeating: 0)

  package init() {}

  package subscript(reason: Refusal) -> UInt32 { byReason[Int(reason.rawValue) & 7] }

  package mutating func refuse(_ reason: Refusal) {
    refused &+= 1
    lastRefusal = reason
    byReason[Int(reason.rawValue) & 7] &+= 1
  }
}
