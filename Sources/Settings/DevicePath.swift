// SPDX-License-Identifier: Apache-2.0

/// The path of a device without its detours. Pure: links are not followed.
enum DevicePath {
  /// "/dev//./ptp0" and "/dev/x/../ptp0" are "/dev/ptp0"; what is no absolute path stays as it is.
  static func plain(_ path: String) -> String {
    guard path.utf8.first == UInt8(ascii: "/") else { return path }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
