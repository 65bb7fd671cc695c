// SPDX-License-Identifier: Apache-2.0

import Addresses
import Settings

extension Configuration {
  /// Places of the server's `listen` on an interface that is not there now. It may come later; a host's name ("localhost") does not.
  func absentInterfaces(isThere: (String) -> Bool) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for server in providers where server.isModule("tompion-ntp-server") && server.enabled {
      for value in server.values where value.path == "listen" || value.path.hasPrefix("listen[") {
        guard case .string(let text) = value.value, let place = ListenPlace(text, defaultPort: 123),
          !place.interface.isEmpty, !isThere(place.interface)
        else { continue }
        found.append(
          Diagnostic(
            file: file, line: value.line, column: value.column, key: value.key, value: value.written,
            problem: "there is no interface of that name now",
            advice: "write a numeric address, or an interface's name as `ip link` shows it"))
      }
    }
    return found
  }
}
