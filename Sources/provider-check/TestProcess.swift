// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import ProviderHost
import TimeTypes

/// What a test found, and why.
struct Finding {
  var passed: Bool
  var text: String

  static func pass(_ text: String) -> Finding { Finding(passed: true, text: text) }
  static func fail(_ text: String) -> Finding { Finding(passed: false, text: text) }
}

/// Runs one test in a child process: a crash or a hang of the provider is a finding, not our end.
enum TestProcess {
  static func run(_ name: String, file: String, seed: UInt64, settings: [String], limit: Int) -> Finding {
    do throws(KernelError) {
      // The finding comes through a socket, so that a provider which prints cannot forge one.
      let (ours, theirs) = try UnixSocket.pair()
      let child = try ChildProcess(
        path: "/proc/self/exe",
        arguments: [file, "--run-test", name, "--seed", String(seed)] + settings.flatMap { ["--setting", $0] },
        environment: ["SWIFT_BACKTRACE=enable=no"], descriptors: [theirs.descriptor])
      let loop = try PollLoop(capacity: 2)
      let end = RawClock.now() + .seconds(Int64(limit))
      var output: [UInt8] = []
      while RawClock.now() < end {
        let status = child.poll()
        while let bytes = try ours.receive(limit: 65536), !bytes.isEmpty { output += bytes }
        if let status { return judge(name, status, String(decoding: output, as: UTF8.self)) }
        try loop.wait(until: RawClock.now() + .milliseconds(5))
      }
      child.kill()
      return .fail("did not end within \(limit) s")
    } catch {
      return .fail("the test could not be run: \(error)")
    }
  }

  /// The child's end: tells the finding.
  static func report(_ finding: Finding) {
    let socket = UnixSocket(FileDescriptor(owning: 3))
    // If the parent is gone, nobody wants to know.
    try? socket.sendAll(Array("\(finding.passed ? "ok" : "no")\t\(finding.text)\n".utf8.prefix(8000)))
  }

  private static func judge(_ name: String, _ status: Int32, _ output: String) -> Finding {
    if status > 128, name == ProviderTest.mayCrash {
      return .pass("does not survive a second close (signal \(status - 128)); a host never makes one")
    }
    if status > 128 { return .fail("crashed: killed by signal \(status - 128)") }
    guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("ok\t") || $0.hasPrefix("no\t") }) else {
      return .fail("ended with exit status \(status) and without a finding")
    }
    return Finding(passed: status == 0 && line.hasPrefix("ok"), text: String(line.dropFirst(3)))
  }
}
