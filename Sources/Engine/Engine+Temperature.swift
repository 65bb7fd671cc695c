// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What is known of the oscillator by its temperature: a known input to every estimate.
extension Engine {
  /// A change that no oscillator makes between two looks at its sensor.
  static var greatestBend: Double { @_noAllocation @_noLocks get { 20e-6 } }

  /// Takes how fast the oscillator is said to run now. The first is what everything known until now is of; changes since turn the lines
  /// of all sources and the joint one by as much from `now` on, so that they go on estimating the rest alone. nil: it is not known any
  /// more, and what is learned meanwhile is of any temperature, so that the next one is a first again.
  @_noAllocation @_noLocks
  mutating func compensate(_ frequency: Frequency?, at now: RawInstant) {
    let before = compensation
    compensation = frequency
    guard let before, let frequency else { return }
    // By a faster counter the reference is slower.
    let change = before.ratio - frequency.ratio
    guard change != 0, change.magnitude <= Self.greatestBend else { return }
    for i in 0..<capacity where storage.slots[i].isUsed { storage.slots[i].filter.bend(by: change, at: now) }
    joint.bend(by: change, at: now)
  }
}
