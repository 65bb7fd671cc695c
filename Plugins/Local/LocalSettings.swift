// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
import TimeTypes

/// The keys of [provider.local].
package enum LocalSettings {
  package static let schema: [SettingSchema] = [
    SettingSchema("stratum", .integer, "what the own clock is served as", default: "10", range: 1...15),
    SettingSchema(
      "orphan", .boolean, "of several hosts at that stratum that ask each other one leads", default: "false"),
    SettingSchema(
      "distance", .real, "real time counts as lost when the root distance has grown to this, s", default: "1.0",
      range: 0.000001...1.5),
    SettingSchema(
      "wait", .real, "so long real time is waited for after the start, s", default: "300.0", range: 0...1_000_000),
    SettingSchema(
      "dispersion", .real, "the most that clients are told of the own clock's error, s", default: "1.0",
      range: 0.000001...1.5),
  ]

  /// Options from what the operator wrote; or every complaint there is.
  package static func read(_ settings: [Setting]) -> (options: LocalOptions, complaints: [SettingComplaint]) {
    var options = LocalOptions()
    var complaints = settings.complaints { options.take($0) }
    if options.isOrphan, options.stratum == 15, let setting = settings.first(where: { $0.path == "stratum" }) {
      complaints.append(
        SettingComplaint(setting: setting, whatWouldBeRight: "1 to 14 with orphan = true: who follows is one beyond"))
    }
    return (options, complaints)
  }
}

extension LocalOptions {
  /// Takes one value; returns what would be right where it is wrong.
  fileprivate mutating func take(_ setting: Setting) -> String? {
    switch setting.path {
    case "stratum":
      guard let number = setting.integer, (1...15).contains(number) else { return "a whole number from 1 to 15" }
      stratum = UInt8(number)
    case "orphan":
      guard let flag = setting.boolean else { return "true or false" }
      isOrphan = flag
    case "distance", "dispersion":
      guard let number = setting.real, number >= 0.000001, number <= 1.5 else {
        return "seconds from 0.000001 to 1.5, beyond which no client would follow"
      }
      let interval = TimeInterval(seconds: number)
      if setting.path == "distance" { distance = interval } else { dispersion = interval }
    case "wait":
      guard let number = setting.real, number >= 0, number <= 1_000_000 else { return "seconds from 0 to 1000000" }
      wait = TimeInterval(seconds: number)
    default:
      return setting.path.hasPrefix("source")
        ? "no [[source]]: the provider has the one that is the clock itself; write [provider.local]"
        : "no such key; the keys are in Plugins/Local/README.md"
    }
    return nil
  }
}
