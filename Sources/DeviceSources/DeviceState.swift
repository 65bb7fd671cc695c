// SPDX-License-Identifier: Apache-2.0

/// What people are told of a source. Changes are events.
package protocol DeviceState: Sendable {
  /// Nothing came yet, or the device is gone.
  static var waiting: Self { get }

  /// Of one kind: whose figures differ is no news.
  func isLike(_ other: Self) -> Bool
}
