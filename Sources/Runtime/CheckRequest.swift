// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import Settings

/// tompiond's answer to `tompion config check`, which asks it because the keys of a provider are the provider's to judge, and tompion loads
/// none (`CheckResult.argument`).
package enum CheckRequest {
  /// So large are the messages that an answer comes in.
  private static let messageLength = 4096

  /// Makes the check of `tompiond --check` and sends its result through descriptor 3, one end of `UnixSocket.pair`. Returns the exit status,
  /// which says nothing about the file.
  package static func answer(_ path: String, linked: [String: LinkedModule]) -> Int32 {
    // A provider's module may print, and what it prints is no part of the other program's output.
    Console.sendOutputToError()
    let socket = UnixSocket(FileDescriptor(owning: 3))
    var rest = Array(check(path, linked).json.encoded.utf8)[...]
    while !rest.isEmpty {
      guard let sent = try? socket.send(rest.prefix(messageLength)) else { return 1 }
      // The other end is slow.
      if sent == 0 { Pause.milliseconds(1) }
      rest = rest.dropFirst(sent)
    }
    return 0
  }

  private static func check(_ path: String, _ linked: [String: LinkedModule]) -> CheckResult {
    var result = CheckResult(file: path)
    do throws(StartFailure) {
      let daemon = try Daemon(try Configuration(readingFrom: path), linked: linked, isOnlyCheck: true)
      result.warnings = daemon.warnings
      result.errors = daemon.failures
    } catch {
      result.errors = error.diagnostics
    }
    return result
  }
}
