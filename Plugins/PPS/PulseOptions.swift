// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// One [[source]] of the configuration, checked.
package struct PulseOptions: Hashable, Sendable, BitwiseCopyable {
  package enum Edge: String, Hashable, Sendable, BitwiseCopyable {
    case assert
    case clear

    package var other: Edge { self == .assert ? .clear : .assert }
  }

  /// /dev/ptpN: pulses are external time stamps of a PTP clock.
  package var isHardwareClock = false
  package var edge = Edge.assert
  /// External time stamps: the card's channel, and the pin that is given to it; nil = as it is.
  package var channel: UInt32 = 0
  package var pin: UInt32?
  /// How much after the second it marks a pulse comes here.
  package var delay = TimeInterval.zero
  /// What may be wrong with all pulses alike: a part of the bounds.
  package var accuracy = TimeInterval.microseconds(1)
  /// Of a period.
  package var tolerance = TimeInterval.microseconds(500)
  package var checksWidth = true
  /// The host has the pulses numbered by one source alone: what the clock shows is nothing to judge by.
  package var isLocked = false
  package var prefer = false
  package var noselect = false
  package var trust = false
  package var require = false

  package init() {}
}
