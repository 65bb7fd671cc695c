// SPDX-License-Identifier: Apache-2.0

/// A number that two lines of the key files have: the first one's key is used.
package struct KeyClash: Hashable, Sendable {
  package var id: UInt32
  /// "/etc/tompion/keys:3".
  package var used: String
  package var unused: String

  package var text: String { "key \(id) is in \(used) and in \(unused): that of \(used) is used, the other never" }

  /// Of keys that may be used, in the order of their files.
  static func all(in files: [KeyFileReading], _ settings: SymmetricSettings) -> [KeyClash] {
    var placeOf: [UInt32: String] = [:]
    var clashes: [KeyClash] = []
    for file in files {
      for key in file.keys where settings.allows(key.algorithm) {
        let place = "\(file.file.path):\(key.line)"
        if let first = placeOf[key.id] {
          clashes.append(KeyClash(id: key.id, used: first, unused: place))
        } else {
          placeOf[key.id] = place
        }
      }
    }
    return clashes
  }
}
