// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// A sanitizer that the plugin was built with: its runtime wants to be the first allocator of the process, which is ours here.
enum SanitizerRuntime {
  private static let prefixes = ["libasan.so.", "libtsan.so."].map { Array($0.utf8) }

  /// The library that the plugin needs, "libasan.so.8"; nil = it was built without.
  static func name(of path: String) -> String? {
    guard let bytes = try? SmallFile.read(path, limit: 256 << 20) else { return nil }
    for at in bytes.indices where bytes[at] == prefixes[0][0] {
      for prefix in prefixes where bytes[at...].starts(with: prefix) {
        let digits = bytes[(at + prefix.count)...].prefix { (48...57).contains($0) }
        return String(decoding: prefix + digits, as: UTF8.self)
      }
    }
    return nil
  }
}
