// SPDX-License-Identifier: Apache-2.0

package import ClockPort
package import TimeTypes

/// What the engine does with its clock.
package enum SteeringState: Sendable, BitwiseCopyable, Equatable {
  /// Told to watch only.
  case observing
  /// Nothing to steer by yet, or no reading of the clock.
  case waiting
  case steering
  /// The clock refuses; it is tried again with growing pauses.
  case refused(ClockError)
  /// Someone else moved the clock: nothing is done to it until fresh samples confirm where it should be.
  case revalidating(since: RawInstant)

  // Comparing by == would go through the type's metadata, which real-time code may not.
  var isWaiting: Bool {
    @_noAllocation @_noLocks get { if case .waiting = self { true } else { false } }
  }
  var isObserving: Bool {
    @_noAllocation @_noLocks get { if case .observing = self { true } else { false } }
  }
  var isRevalidating: Bool {
    @_noAllocation @_noLocks get { if case .revalidating = self { true } else { false } }
  }
}

/// Whether the local clock is believed to be within reach of its sources.
package enum SanityState: Sendable, BitwiseCopyable, Equatable {
  case good
  /// `agreeing` of `of` sources agree that the clock is off by `offset`, beyond the limit.
  case suspect(offset: TimeInterval, agreeing: UInt8, of: UInt8)

  var isGood: Bool {
    @_noAllocation @_noLocks get { if case .good = self { true } else { false } }
  }
}
