// SPDX-License-Identifier: Apache-2.0

import DeviceSources
package import ProviderKit
import TimeTypes

/// One [[source]] of provider "phc": its options and its texts.
package struct HardwareClockSettings: DeviceSettings {
  package var device = ""
  /// For people; "" = the device.
  package var name = ""
  package var referenceID = "PHC0"
  package var options = HardwareClockOptions()

  package init() {}

  package var poll: Int8 { options.poll }
  package var prefer: Bool { options.prefer }
  package var noselect: Bool { options.noselect }
  package var trust: Bool { options.trust }
  package var require: Bool { options.require }

  /// A host has so many devices for one provider.
  package static let limit = 16

  package static let schema: [SettingSchema] = [
    SettingSchema("source[].device", .string, "the PTP clock, \"/dev/ptp0\"", required: true),
    SettingSchema(
      "source[].timescale", .string, "what it keeps: TAI, as PTP wants it, or UTC", default: "tai", choices: "tai|utc"),
    SettingSchema(
      "source[].offset", .real, "added to what it shows, s", default: "0.0",
      range: -10_000_000_000...10_000_000_000),
    SettingSchema(
      "source[].auto_offset", .boolean, "find out by other sources by how many whole seconds it is off UTC",
      default: "false"),
    SettingSchema("source[].poll", .integer, "a sample every so often, log2 s", default: "0", range: -4...10),
    SettingSchema(
      "source[].readings", .integer, "readings for a sample, of which the narrowest counts", default: "4", range: 1...64
    ),
    SettingSchema(
      "source[].accuracy", .real, "what all readings alike may be off by, s; a part of the bounds", default: "0.0",
      range: 0...0.1),
    SettingSchema(
      "source[].hold", .real,
      "so long a clock that jumped is not believed unless other sources agree with it, s", default: "900.0",
      range: 0...1_000_000),
    SettingSchema("source[].name", .string, "for people; default: the device"),
    SettingSchema("source[].refid", .string, "reference id, up to four characters", default: "PHC0"),
    SettingSchema("source[].prefer", .boolean, "chosen before others that are as right", default: "false"),
    SettingSchema("source[].noselect", .boolean, "measured and shown, never followed", default: "false"),
    SettingSchema("source[].trust", .boolean, "assumed to be right where sources disagree", default: "false"),
    SettingSchema("source[].require", .boolean, "nothing is followed without it", default: "false"),
  ]

  /// Sources from what the operator wrote; or every complaint there is. Values outside `source[]` are not this provider's.
  package static func read(_ settings: [Setting]) -> (sources: [HardwareClockSettings], complaints: [SettingComplaint])
  {
    var reading = settings.sources(HardwareClockSettings()) { $0.take($1, key: $2) }
    var devices: Set<String> = []
    for source in reading.sources {
      if source.draft.device.isEmpty {
        reading.complain(source.first, "each source needs a device: \"/dev/ptp0\"")
      } else if !devices.insert(source.draft.device).inserted {
        reading.complain(source.first, "another device: two sources are on \(source.draft.device)")
      }
    }
    if reading.sources.count > limit, let last = reading.sources.last {
      reading.complain(last.first, "at most \(limit) sources")
    }
    return (reading.sources.map(\.draft), reading.complaints)
  }

  /// Takes one value; returns what would be right where it is wrong.
  private mutating func take(_ setting: Setting, key: String) -> String? {
    switch key {
    case "device":
      device = setting.string ?? ""
      if !device.hasPrefix("/") { return "the path of a PTP clock: \"/dev/ptp0\"" }
    case "timescale":
      guard let timescale = setting.string.flatMap({ HardwareClockOptions.Timescale(rawValue: $0) }) else {
        return "tai or utc"
      }
      options.timescale = timescale
    case "offset":
      guard let number = setting.real, number.magnitude <= 1e10 else { return "seconds" }
      options.offset = TimeInterval(seconds: number)
    case "poll":
      guard let number = setting.integer, (-4...10).contains(number) else { return "a whole number from -4 to 10" }
      options.poll = Int8(number)
    case "readings":
      guard let number = setting.integer, (1...64).contains(number) else { return "a whole number from 1 to 64" }
      options.readings = Int(number)
    case "accuracy":
      guard let number = setting.real, number >= 0, number <= 0.1 else { return "seconds from 0 to 0.1" }
      options.accuracy = TimeInterval(seconds: number)
    case "hold":
      guard let number = setting.real, number >= 0, number <= 1_000_000 else { return "seconds from 0 to 1000000" }
      options.hold = TimeInterval(seconds: number)
    case "name": name = setting.string ?? ""
    case "refid":
      referenceID = setting.string ?? ""
      let isPlain = referenceID.utf8.allSatisfy { $0 > 32 && $0 < 127 }
      if !(1...4).contains(referenceID.utf8.count) || !isPlain { return "one to four characters, \"PHC0\"" }
    case "auto_offset", "prefer", "noselect", "trust", "require":
      guard let flag = setting.boolean else { return "true or false" }
      switch key {
      case "auto_offset": options.findsOffset = flag
      case "prefer": options.prefer = flag
      case "noselect": options.noselect = flag
      case "trust": options.trust = flag
      default: options.require = flag
      }
    default: return "no such key; the keys are in Plugins/PHC/README.md"
    }
    return nil
  }
}
