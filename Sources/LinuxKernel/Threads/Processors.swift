// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The machine's processors.
package enum Processors {
  /// How many are online (sysconf(3)), at least 1.
  package static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// How many there are or could be put online, at least 1: numbers below it mean something here.
  package static var configured: Int { max(online, sysconf(Int32(_SC_NPROCESSORS_CONF))) }

  /// The ones that this process may use, as the kernel writes them: "0-3,6".
  package static var allowedText: String {
    let status = (try? SmallFile.readPseudo("/proc/self/status", limit: 16_384)) ?? []
    for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
      guard line.hasPrefix("Cpus_allowed_list:") else { continue }
      return String(line.dropFirst("Cpus_allowed_list:".count).drop { $0 == "\t" || $0 == " " })
    }
    return online == 1 ? "0" : "0-\(online - 1)"
  }
}
