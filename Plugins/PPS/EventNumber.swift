// SPDX-License-Identifier: Apache-2.0

/// The numbers that this provider raises (Docs/events.md).
enum EventNumber: UInt32, CaseIterable {
  case reachable = 37
  case unreachable = 38
  /// The device is gone, or cannot be opened.
  case device = 600
  case deviceBack = 601
  /// Pulses come, and nothing says which second they mark.
  case unlocked = 602
  /// Pulses come and are refused; the text says why.
  case refusing = 603
  /// Pulses have their seconds.
  case locked = 604
  /// The pulses come at another phase from now on.
  case moved = 607
}
