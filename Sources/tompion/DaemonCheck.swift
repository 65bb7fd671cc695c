// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import Settings

/// Has tompiond check a configuration: it loads the providers that the file names, and each judges its own keys.
enum DaemonCheck {
  /// Providers in processes of their own are started for it, ms.
  private static let patience = 30_000
  private static let longestAnswer = 1 << 20

  /// Why tompiond could not be asked.
  struct Failure: Error, Equatable, CustomStringConvertible {
    var description: String
  }

  /// What tompiond says; or why it could not be asked.
  static func run(_ file: String) -> Result<CheckResult, Failure> {
    let table = ProcessTable()
    guard let own = table.executable(table.ownPID), let slash = own.lastIndex(of: "/") else {
      return .failure(Failure(description: "it is not known where this program is; is /proc mounted?"))
    }
    let daemon = own[..<slash] + "/tompiond"
    do throws(KernelError) {
      let (mine, its) = try UnixSocket.pair()
      let child = try ChildProcess(
        path: String(daemon), arguments: [CheckResult.argument, file], descriptors: [its.descriptor])
      return answer(mine, of: child).map { .success($0) }
        ?? .failure(Failure(description: "\(daemon) gave no answer"))
    } catch {
      return .failure(Failure(description: "\(daemon) cannot be run: \(KernelError.text(of: error.errno))"))
    }
  }

  private static func answer(_ socket: UnixSocket, of child: ChildProcess) -> CheckResult? {
    var bytes: [UInt8] = []
    for _ in 0..<patience {
      // Looked at first: what it sent before it ended is there then.
      let hasEnded = child.poll() != nil
      while bytes.count < longestAnswer, let part = try? socket.receive(limit: 1 << 16), !part.isEmpty { bytes += part }
      if hasEnded { break }
      Pause.milliseconds(1)
    }
    return (try? JSONValue(decoding: bytes)).flatMap { CheckResult(json: $0) }
  }
}
