// SPDX-License-Identifier: Apache-2.0

import Cryptography
import KeyFiles
import LinuxKernel
import Settings
import TimeTypes

/// Key files on the disk.
enum KeyFileAccess {
  /// `bytes` are wiped; the keys are the caller's to wipe.
  static func read(_ path: String, _ format: KeyFileFormat) throws(KernelError) -> KeyFile {
    var bytes = try SmallFile.read(path)
    defer { bytes.wipe() }
    return KeyFile.read(bytes, format: format)
  }

  /// Who may read it that should not; nil = nobody.
  static func exposure(_ path: String) -> String? {
    // The file that a link leads to: a link's own mode means nothing.
    guard let mode = SmallFile.attributesOfTarget(path)?.mode else { return nil }
    let rights = "0" + String(mode & 0o7777, radix: 8)
    if mode & 0o007 != 0 { return "everybody may read or write it (mode \(rights)): chmod 600" }
    if mode & 0o070 != 0 {
      return "its group may read or write it (mode \(rights)): chmod 600, unless that is tompiond's"
    }
    return nil
  }

  static func fillRandomly(_ secret: inout [UInt8]) throws(KernelError) {
    for start in stride(from: 0, to: secret.count, by: 8) {
      var word: UInt64 = 0
      try LinuxKernel.RandomBytes.fill(&word)
      for index in start..<min(start + 8, secret.count) {
        secret[index] = UInt8(truncatingIfNeeded: word)
        word >>= 8
      }
    }
  }
}

/// A key file that the configuration names.
struct KeyFileSetting: Equatable {
  var path: String
  var format = KeyFileFormat.auto
}

extension Configuration {
  /// `[provider.ntp-symmetric] key_files` in their order, read by `format`.
  var keyFiles: [KeyFileSetting] {
    guard let provider = provider(of: "symmetric") else { return [] }
    var format = KeyFileFormat.auto
    for value in provider.values where value.path == "format" {
      if case .string(let word) = value.value { format = KeyFileFormat(rawValue: word) ?? .auto }
    }
    return provider.values.compactMap { value in
      guard value.namesKeyFile, case .string(let path) = value.value else { return nil }
      return KeyFileSetting(path: path, format: format)
    }
  }
}

extension SettingValue {
  /// A list of them, or one alone.
  var namesKeyFile: Bool { path == "key_files" || path.hasPrefix("key_files[") }
}

extension Instant where Scale == UTC {
  /// Whole seconds since 1970.
  var seconds: Int64 { nanoseconds / 1_000_000_000 }
}
