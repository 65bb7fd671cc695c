// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
import TimeTypes

/// The keys of [provider.rtc].
package enum RTCSettings {
  package static let schema: [SettingSchema] = [
    SettingSchema(
      "device", .string, "the kernel's file with its time, \"/sys/class/rtc/rtc0/since_epoch\"", required: true),
    SettingSchema(
      "utc", .boolean, "it keeps UTC; false: local time, of which only the drift is of use", default: "true"),
    SettingSchema(
      "interval", .real, "from one measurement to the next, s", default: "660.0", range: 60...86400),
  ]

  /// Options from what the operator wrote; or every complaint there is.
  package static func read(_ settings: [Setting]) -> (options: RTCOptions, complaints: [SettingComplaint]) {
    var options = RTCOptions()
    let complaints = settings.complaints { options.take($0) }
    return (options, complaints)
  }
}

extension RTCOptions {
  /// Takes one value; returns what would be right where it is wrong.
  fileprivate mutating func take(_ setting: Setting) -> String? {
    switch setting.path {
    case "device":
      guard let path = setting.string, path.hasPrefix("/"), path.hasSuffix("/since_epoch") else {
        return "the kernel's file with the time of the clock: \"/sys/class/rtc/rtc0/since_epoch\""
      }
      device = path
    case "utc":
      guard let flag = setting.boolean else { return "true or false" }
      isUTC = flag
    case "interval":
      guard let number = setting.real, number >= 60, number <= 86400 else { return "seconds from 60 to 86400" }
      interval = TimeInterval(seconds: number)
    default:
      return setting.path.hasPrefix("source")
        ? "no [[source]]: the clock is never followed; write [provider.rtc]"
        : "no such key; the keys are in Plugins/RTC/README.md"
    }
    return nil
  }
}
