// SPDX-License-Identifier: Apache-2.0

/// The numbers that this provider raises (Docs/events.md).
enum EventNumber: UInt32, CaseIterable {
  case reachable = 37
  case unreachable = 38
  /// The device is gone, or cannot be opened.
  case device = 600
  case deviceBack = 601
  /// It is read, and nothing says by how many seconds it is off.
  case unlocked = 602
  /// Readings come and are refused; the text says why.
  case refusing = 603
  case running = 604
  /// It shows another time from one reading to the next, and stays there.
  case jumped = 607
}
