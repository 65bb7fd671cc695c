// SPDX-License-Identifier: Apache-2.0

/// A setting that is wrong, and what would be right in its place, as people are told.
public struct SettingComplaint: Hashable, Sendable {
  public var setting: Setting
  public var whatWouldBeRight: String

  public init(setting: Setting, whatWouldBeRight: String) {
    self.setting = setting
    self.whatWouldBeRight = whatWouldBeRight
  }
}

extension SettingsAccess {
  /// Refuses each. [control, in initialize or update-config]
  public func refuse(_ complaints: [SettingComplaint]) {
    for complaint in complaints { refuse(complaint.setting, complaint.whatWouldBeRight) }
  }

  /// What `make` makes of all values; nil = it complains, and each complaint was refused. [control, in initialize or update-config]
  public func read<Value>(_ make: ([Setting]) -> (Value, [SettingComplaint])) -> Value? {
    let (value, complaints) = make(all())
    refuse(complaints)
    return complaints.isEmpty ? value : nil
  }
}
