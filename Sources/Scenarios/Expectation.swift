// SPDX-License-Identifier: Apache-2.0

/// What a scenario says of every run beside the figures: what providers tell, what the clock follows, and how wrong it gets at most.
package struct Expectation: Sendable, Equatable {
  /// Numbers of events that providers must raise, and must not.
  package var events: [Int] = []
  package var noEvents: [Int] = []
  /// What the clock follows for most of the time in which something is wrong.
  package var followed: Followed?
  /// The most that the clock's error may ever be from `warm` on, seconds.
  package var maximum: Double?
  /// How far host and clients may be apart while something is wrong, and how much the hard bound of each has to grow to at least, seconds.
  package var together: Double?
  package var boundReaches: Double?

  package init() {}
}

/// What a clock follows in a second.
package enum Followed: String, CaseIterable, Sendable {
  /// It is not called synchronized.
  case unsynchronized
  /// Nothing came of late: it goes on by itself, and its bound grows.
  case nobody
  case network
  case reference

  /// So much of the time is most of it.
  package static let most = 0.8
}
