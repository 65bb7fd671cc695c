// SPDX-License-Identifier: Apache-2.0

/// What Linux takes as a network interface's name (dev_valid_name and __dev_alloc_name of the kernel's net/core/dev.c).
enum InterfaceName {
  /// IFNAMSIZ − 1.
  static let limit = 15

  /// Why no interface can have that name; nil = one may.
  static func problem(_ name: String) -> String? {
    if name.utf8.count > limit { return "no network interface's name is longer than \(limit) bytes" }
    if name.isEmpty || name == "." || name == ".." { return "no network interface can have that name" }
    for scalar in name.unicodeScalars where "/:% ".unicodeScalars.contains(scalar) {
      return "no network interface's name has \(scalar == " " ? "a space" : "\"\(scalar)\"") in it"
    }
    return nil
  }
}
