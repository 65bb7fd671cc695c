// SPDX-License-Identifier: Apache-2.0

/// The numbers that this provider raises (Docs/events.md).
enum EventNumber {
  static let reachable: UInt32 = 37
  static let unreachable: UInt32 = 38
  /// Pulses have their seconds.
  static let locked: UInt32 = 604
  /// Pulses come, and nothing says which second they mark.
  static let unlocked: UInt32 = 602
  /// Pulses come and are refused; the text says why.
  static let refusing: UInt32 = 603
  /// The pulses come at another phase from now on.
  static let moved: UInt32 = 603
  /// The device is gone, or cannot be opened.
  static let device: UInt32 = 600
  static let deviceBack: UInt32 = 601
}
