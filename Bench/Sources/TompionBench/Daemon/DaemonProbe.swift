// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a script of Bench/Scripts, which starts daemons as the peer tests do (without the right to set a clock, on loopback), and
/// reads the one line of JSON that it prints.
enum DaemonProbe {
  static func run(_ script: String, _ context: RunContext, probe: String? = nil) throws -> [String: Double] {
    guard FileManager.default.isExecutableFile(atPath: "\(context.root)/.build/stage/bin/tompiond") else {
      throw Skip(reason: "there is no .build/stage/bin/tompiond; run ./Tools/build first")
    }
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    child.arguments = ["python3", "\(context.root)/Bench/Scripts/\(script)"]
    child.arguments? += (probe.map { [$0] } ?? []) + (context.isQuick ? ["--quick"] : [])
    child.environment = ProcessInfo.processInfo.environment
    child.environment?["TOMPION_BENCH_BINARIES"] = Bundle.main.executableURL?.deletingLastPathComponent().path
    if geteuid() == 0 {
      child.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
      child.arguments = ["--bounding-set=-sys_time", "--inh-caps=-sys_time", "/usr/bin/env"] + (child.arguments ?? [])
    }
    let output = Pipe()
    child.standardOutput = output
    do { try child.run() } catch { throw Skip(reason: "\(script) does not start: \(error)") }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    child.waitUntilExit()
    guard let line = text.split(separator: "\n").last,
      let found = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { throw Skip(reason: "\(script) ended with status \(child.terminationStatus) and no result") }
    if let reason = found["skipped"] as? String { throw Skip(reason: reason) }
    return found.compactMapValues { $0 as? Double }
  }
}
