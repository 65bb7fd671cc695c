// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The machine's processors.
package enum Processors {
  /// How many are online (sysconf(3)), at least 1.
  package static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
