// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// A moment that is believed, ready to be a sample: what the reference showed at `stamp`.
package struct ReceiverSample: Hashable, Sendable, BitwiseCopyable {
  package var stamp: Stamp
  /// UTC.
  package var reference: TimeInterval
  /// ns.
  package var dispersion: UInt64
  package var leap: LeapIndicator
  package var precision: Int8
  package var poll: Int8
  /// TAI − UTC, s; nil = it does not say.
  package var taiOffset: Int16?
  package var isPulse: Bool
  /// Which second it is was not said by the receiver.
  package var isFraction: Bool
}

/// What a receiver wants done.
package enum ReceiverAction: Hashable, Sendable, BitwiseCopyable {
  case publish(ReceiverSample)
  /// It has no time to give, for another reason than before.
  case unfit(Unfitness)
  /// It is not believed any more, or for another reason.
  case refused(Refusal, by: TimeInterval)
  /// It is believed. `moved`: from where it was before.
  case trusted(moved: TimeInterval?)
  /// Its date is so many weeks off.
  case rollover(weeks: Int64)
  case learned(delay: TimeInterval)
}

/// The actions of one event, in their order; fixed memory.
package struct ReceiverActions: Sendable {
  package private(set) var count = 0
  private var storage: InlineArray<8, ReceiverAction> = InlineArray(repeating: .unfit(.silent))

  package init() {}

  package subscript(index: Int) -> ReceiverAction { storage[index] }

  mutating func add(_ action: ReceiverAction) {
    guard count < 8 else { return }
    storage[count] = action
    count += 1
  }
}
