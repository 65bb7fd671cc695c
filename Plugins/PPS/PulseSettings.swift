// SPDX-License-Identifier: Apache-2.0

import DeviceSources
package import ProviderKit
import TimeTypes

/// One [[source]] of provider "pps": its options and its texts.
package struct PulseSettings: DeviceSettings {
  package var device = ""
  /// A PTP clock that is told to make pulses; "" = none.
  package var enableOn = ""
  /// For people; "" = the device.
  package var name = ""
  /// What people and the network are told of the time's origin: one to four characters.
  package var referenceID = "PPS"
  package var options = PulseOptions()

  package init() {}

  package var poll: Int8 { 0 }
  package var prefer: Bool { options.prefer }
  package var noselect: Bool { options.noselect }
  package var trust: Bool { options.trust }
  package var require: Bool { options.require }

  /// A host has so many devices for one provider.
  package static let limit = 16

  package static let schema: [SettingSchema] = [
    SettingSchema(
      "source[].device", .string, "/dev/ppsN, or /dev/ptpN whose external time stamps are the pulses", required: true),
    SettingSchema(
      "source[].edge", .string, "the edge that marks the second", default: "assert", choices: "assert|clear"),
    SettingSchema("source[].enable_on", .string, "/dev/ptpN that is told to make the pulses of a /dev/ppsN"),
    SettingSchema("source[].channel", .integer, "external time stamps: the channel", default: "0", range: 0...255),
    SettingSchema(
      "source[].pin", .integer, "external time stamps: the pin given to that channel; default: as it is", range: 0...255
    ),
    SettingSchema(
      "source[].delay", .real, "how much after the second a pulse comes here (cable), s; positive = later",
      default: "0.0", range: -0.4...0.4),
    SettingSchema(
      "source[].accuracy", .real, "what all pulses alike may be off by, s; a part of the bounds", default: "0.000001",
      range: 0...0.1),
    SettingSchema(
      "source[].tolerance", .real, "how far from whole seconds pulses may come, s", default: "0.0005",
      range: 0.000001...0.05),
    SettingSchema(
      "source[].width_check", .boolean, "refuse pulses whose width says that the other edge marks the second",
      default: "true"),
    SettingSchema(
      "source[].lock", .string, "name, address or device of the one source that says which second it is; default: all"),
    SettingSchema("source[].name", .string, "for people; default: the device"),
    SettingSchema("source[].refid", .string, "reference id, up to four characters", default: "PPS"),
    SettingSchema("source[].prefer", .boolean, "chosen before others that are as right", default: "false"),
    SettingSchema("source[].noselect", .boolean, "measured and shown, never followed", default: "false"),
    SettingSchema("source[].trust", .boolean, "assumed to be right where sources disagree", default: "false"),
    SettingSchema("source[].require", .boolean, "nothing is followed without it", default: "false"),
  ]

  /// Sources from what the operator wrote; or every complaint there is. Values outside `source[]` are not this provider's.
  package static func read(_ settings: [Setting]) -> (sources: [PulseSettings], complaints: [SettingComplaint]) {
    var reading = settings.sources(PulseSettings()) { $0.take($1, key: $2) }
    var devices: Set<String> = []
    for source in reading.sources {
      if source.draft.device.isEmpty {
        reading.complain(source.first, "each source needs a device: \"/dev/pps0\" or \"/dev/ptp0\"")
      } else if !devices.insert(source.draft.device).inserted {
        reading.complain(source.first, "another device: two sources are on \(source.draft.device)")
      } else if source.draft.options.isHardwareClock, !source.draft.enableOn.isEmpty {
        reading.complain(
          source.first, "no enable_on: external time stamps need no pulses of \(source.draft.enableOn)")
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
      options.isHardwareClock = Self.isHardwareClock(device)
      if !device.hasPrefix("/") { return "the path of a device: \"/dev/pps0\" or \"/dev/ptp0\"" }
    case "enable_on":
      enableOn = setting.string ?? ""
      if !Self.isHardwareClock(enableOn) { return "the path of a PTP clock: \"/dev/ptp0\"" }
    case "edge":
      guard let edge = setting.string.flatMap({ PulseOptions.Edge(rawValue: $0) }) else { return "assert or clear" }
      options.edge = edge
    case "name": name = setting.string ?? ""
    case "lock":
      guard let keeper = setting.string, !keeper.isEmpty else {
        return "another source's name, address or device: \"time.example.net\""
      }
      options.isLocked = true
    case "refid":
      referenceID = setting.string ?? ""
      let isPlain = referenceID.utf8.allSatisfy { $0 > 32 && $0 < 127 }
      if !(1...4).contains(referenceID.utf8.count) || !isPlain { return "one to four characters, \"PPS\"" }
    case "channel":
      guard let number = setting.integer, (0...255).contains(number) else { return "a whole number from 0 to 255" }
      options.channel = UInt32(number)
    case "pin":
      guard let number = setting.integer, (0...255).contains(number) else { return "a whole number from 0 to 255" }
      options.pin = UInt32(number)
    case "delay":
      guard let number = setting.real, number.magnitude <= 0.4 else { return "seconds from -0.4 to 0.4" }
      options.delay = TimeInterval(seconds: number)
    case "accuracy":
      guard let number = setting.real, number >= 0, number <= 0.1 else { return "seconds from 0 to 0.1" }
      options.accuracy = TimeInterval(seconds: number)
    case "tolerance":
      guard let number = setting.real, number >= 0.000001, number <= 0.05 else {
        return "seconds from 0.000001 to 0.05"
      }
      options.tolerance = TimeInterval(seconds: number)
    case "width_check", "prefer", "noselect", "trust", "require":
      guard let flag = setting.boolean else { return "true or false" }
      switch key {
      case "width_check": options.checksWidth = flag
      case "prefer": options.prefer = flag
      case "noselect": options.noselect = flag
      case "trust": options.trust = flag
      default: options.require = flag
      }
    default: return "no such key; the keys are in Plugins/PPS/README.md"
    }
    return nil
  }

  /// "/dev/ptp0", "/dev/ptp_kvm", "/dev/ptp/by-name/x".
  static func isHardwareClock(_ path: String) -> Bool {
    path.split(separator: "/").dropFirst().first.map { $0.hasPrefix("ptp") } ?? false
  }
}
