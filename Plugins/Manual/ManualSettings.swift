// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// The keys of [provider.manual].
package struct ManualSettings: Hashable, Sendable {
  /// How far an entry may be off where the operator does not say.
  package var uncertainty = TimeInterval.seconds(1)

  package init() {}

  package static let schema: [SettingSchema] = [
    SettingSchema(
      "uncertainty", .real, "how far an entered time may be off, s, unless --within says otherwise", default: "1.0",
      range: 0.001...3600)
  ]

  /// Settings from what the operator wrote; or every complaint there is.
  package static func read(_ settings: [Setting]) -> (settings: ManualSettings, complaints: [SettingComplaint]) {
    var result = ManualSettings()
    let complaints = settings.complaints { result.take($0) }
    return (result, complaints)
  }

  /// Takes one value; returns what would be right where it is wrong.
  private mutating func take(_ setting: Setting) -> String? {
    switch setting.path {
    case "uncertainty":
      guard let number = setting.real, number >= 0.001, number <= 3600 else { return "seconds from 0.001 to 3600" }
      uncertainty = TimeInterval(seconds: number)
    default:
      return setting.path.hasPrefix("source")
        ? "no [[source]]: the provider has the one that is the operator; write [provider.manual]"
        : "no such key; the keys are in Plugins/Manual/README.md"
    }
    return nil
  }
}
