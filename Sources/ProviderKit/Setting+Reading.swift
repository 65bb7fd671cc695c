// SPDX-License-Identifier: Apache-2.0

extension [Setting] {
  /// What is wrong with them: `take` stores one value and returns what would be right where it is wrong.
  public func complaints(_ take: (Setting) -> String?) -> [SettingComplaint] {
    compactMap { setting in take(setting).map { SettingComplaint(setting: setting, whatWouldBeRight: $0) } }
  }

  /// The [[source]]s in the file's order, each made from `empty` by its values; `take` stores one under its key ("address") and returns
  /// what would be right where it is wrong. Values outside `source[]` are passed over.
  public func sources<Draft>(
    _ empty: Draft, _ take: (inout Draft, Setting, String) -> String?
  ) -> SourceReading<Draft> {
    var reading = SourceReading<Draft>()
    var positions: [Int: Int] = [:]
    for setting in self {
      let (name, number, key) = setting.parts
      guard name == "source", let number else { continue }
      let position = positions[number] ?? reading.sources.count
      if position == reading.sources.count {
        positions[number] = position
        reading.sources.append(.init(draft: empty, settings: []))
      }
      reading.sources[position].settings.append(setting)
      guard let advice = take(&reading.sources[position].draft, setting, key) else { continue }
      reading.sources[position].isWrong = true
      reading.complaints.append(SettingComplaint(setting: setting, whatWouldBeRight: advice))
    }
    return reading
  }
}

/// What was made of the [[source]]s, before anybody looked at each as a whole.
public struct SourceReading<Draft> {
  public struct Source {
    public var draft: Draft
    /// As they were written; never empty.
    public var settings: [Setting]
    /// One of its values was refused: what seems to be missing may be that one.
    public var isWrong = false
    /// Where a complaint about the whole belongs.
    public var first: Setting { settings[0] }
  }

  /// In the file's order.
  public var sources: [Source] = []
  public var complaints: [SettingComplaint] = []

  /// Complains about a source as a whole. [control]
  public mutating func complain(_ setting: Setting, _ whatWouldBeRight: String) {
    complaints.append(SettingComplaint(setting: setting, whatWouldBeRight: whatWouldBeRight))
  }
}
