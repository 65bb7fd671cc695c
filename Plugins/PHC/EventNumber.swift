// SPDX-License-Identifier: Apache-2.0

/// The numbers that this provider raises (Docs/events.md).
enum EventNumber {
  static let reachable: UInt32 = 37
  static let unreachable: UInt32 = 38
  static let running: UInt32 = 604
  /// Readings come and are refused; the text says why.
  static let refusing: UInt32 = 603
  static let jumped: UInt32 = 603
  /// The device is gone, or cannot be opened.
  static let device: UInt32 = 600
  static let deviceBack: UInt32 = 601
}
