// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
package import Settings

extension Configuration {
  /// Reads and checks a configuration file. At most 1 MiB.
  /// - Throws: everything that is wrong with it, or why it cannot be read.
  package init(readingFrom path: String) throws(StartFailure) {
    let bytes: [UInt8]
    do { bytes = try SmallFile.read(path) } catch { throw StartFailure("\(path): \(SmallFile.reason(error))") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw StartFailure("\(path): is not UTF-8; TOML files are")
    }
    do { try self.init(toml: text, file: path) } catch { throw StartFailure(error.diagnostics) }
  }
}
