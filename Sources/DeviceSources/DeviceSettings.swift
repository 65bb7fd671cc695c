// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

/// One [[source]] that is a device, as its operator wrote it.
package protocol DeviceSettings: Hashable, Sendable {
  /// The device's path.
  var device: String { get }
  /// For people; "" = the device.
  var name: String { get }
  /// What people and the network are told of the time's origin: one to four characters.
  var referenceID: String { get }
  /// log2 s.
  var poll: Int8 { get }
  var prefer: Bool { get }
  var noselect: Bool { get }
  var trust: Bool { get }
  var require: Bool { get }

  /// Sources from what the operator wrote; or every complaint there is.
  static func read(_ settings: [Setting]) -> (sources: [Self], complaints: [SettingComplaint])
}
