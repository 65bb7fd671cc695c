// SPDX-License-Identifier: Apache-2.0

package import KeyFiles
package import ProviderKit

/// The settings of ntp-symmetric, read once and checked.
package struct SymmetricSettings: Hashable, Sendable {
  /// A key file: the setting that names it, which is what a host is asked for, and its path, for people.
  package struct File: Hashable, Sendable {
    package var setting: String
    package var path: String

    package init(setting: String, path: String) {
      self.setting = setting
      self.path = path
    }
  }

  package var files: [File] = []
  package var format = KeyFileFormat.auto
  package var allowsMD5 = false
  package var allowsSHA1 = false
  /// Digests of more than 20 bytes are cut in version 3, too.
  package var shortDigests = false

  /// A host holds 16 secrets, and a file that is read anew is held twice for a moment.
  package static let largestFileCount = 8

  package init() {}

  /// Reads the values that the host has for this provider; keys that are the host's own are passed over.
  package init(_ settings: [Setting], refusals: inout [SettingComplaint]) {
    for setting in settings {
      func refuse(_ text: String) { refusals.append(SettingComplaint(setting: setting, whatWouldBeRight: text)) }
      switch setting.parts.name {
      case "key_files":
        guard let path = setting.string, !path.isEmpty else {
          refuse("the path of a key file, \"/etc/tompion/keys\"")
          continue
        }
        if files.contains(where: { $0.path == path }) {
          refuse("another file: this one is named twice")
        } else if files.count == Self.largestFileCount {
          refuse("at most \(Self.largestFileCount) files")
        } else {
          files.append(File(setting: setting.path, path: path))
        }
      case "format":
        guard let format = setting.string.flatMap({ KeyFileFormat(rawValue: $0) }) else {
          refuse("one of \(KeyFileFormat.allCases.map(\.rawValue).joined(separator: ", "))")
          continue
        }
        self.format = format
      case "allow_md5": read(setting, into: &allowsMD5, refuse)
      case "allow_sha1": read(setting, into: &allowsSHA1, refuse)
      case "short_digests": read(setting, into: &shortDigests, refuse)
      default: break
      }
    }
  }

  private func read(_ setting: Setting, into flag: inout Bool, _ refuse: (String) -> Void) {
    guard let value = setting.boolean else { return refuse("true or false") }
    flag = value
  }

  /// Whether a key of that algorithm may be used.
  package func allows(_ algorithm: KeyAlgorithm) -> Bool {
    switch algorithm {
    case .md5: allowsMD5
    case .sha1: allowsSHA1
    default: true
    }
  }
}
