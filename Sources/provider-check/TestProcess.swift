// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import LinuxKernel
import ProviderHost
import TimeTypes

/// Runs one test in a child process: a crash or a hang of the provider is a finding, not our end.
enum TestProcess {
  /// One call into the provider may last that long, as in the daemon, which takes it for hung then.
  static let callLimit = TimeInterval.seconds(5)
  private static let pageSize = 4096
  nonisolated(unsafe) private static var page: SharedMemory?

  /// `hung`: the call that did not return.
  static func run(
    _ test: ProviderTest, file: String, seed: UInt64, settings: [String], limit: Int
  ) -> (finding: Finding, hung: String?) {
    do throws(KernelError) {
      // The finding comes through a socket, so that a provider which prints cannot forge one.
      let (ours, theirs) = try UnixSocket.pair()
      let page = try SharedMemory(name: "provider-check", count: pageSize)
      let child = try ChildProcess(
        path: "/proc/self/exe",
        arguments: [file, "--run-test", test.name, "--seed", String(seed), "--limit", String(limit)]
          + settings.flatMap { ["--setting", $0] },
        environment: ["SWIFT_BACKTRACE=enable=no"], descriptors: [theirs.descriptor, page.descriptor])
      let loop = try PollLoop(capacity: 2)
      let end = RawClock.now() + .seconds(Int64(limit))
      var output: [UInt8] = []
      while RawClock.now() < end {
        let status = child.poll()
        while let bytes = try ours.receive(limit: 65536), !bytes.isEmpty { output += bytes }
        let (call, step, lasts) = state(page)
        if let status {
          return (judge(test, status, String(decoding: output, as: UTF8.self), call, step, seed), nil)
        }
        if call != WATCH_NONE, lasts > callLimit {
          child.kill()
          return (hung(name(call)), name(call))
        }
        try loop.wait(until: RawClock.now() + .milliseconds(5))
      }
      child.kill()
      return (
        .fail(
          "the test did not end within \(limit) s", right: "calls that return at once; or a longer --limit",
          read: .roles),
        nil
      )
    } catch {
      return (
        .fail("the test could not be run: \(error)", right: "a machine with processes to spare", read: .check), nil
      )
    }
  }

  // MARK: the child's end

  /// Shows the parent from now on which call is under way.
  static func join() {
    Console.sendOutputToError()
    guard let memory = try? SharedMemory(descriptor: FileDescriptor(owning: 4), count: pageSize) else { return }
    // Sound: one thread; kept for the life of the process, as the watch keeps the address.
    unsafe page = memory
    unsafe watch_share(memory.bytes.baseAddress)
  }

  /// Tells the finding.
  static func report(_ finding: Finding) {
    let socket = UnixSocket(FileDescriptor(owning: 3))
    // If the parent is gone, nobody wants to know.
    try? socket.sendAll(Array(finding.line.utf8))
  }

  // MARK: the parent's judgement

  private static func state(_ page: SharedMemory) -> (call: UInt32, step: UInt64, lasts: TimeInterval) {
    var nanoseconds: Int64 = 0
    // Sound: the page is longer than what is read, and every word is read at once.
    let read = unsafe watch_read(page.bytes.baseAddress, &nanoseconds)
    return (read.call, read.step, TimeInterval(nanoseconds: nanoseconds))
  }

  private static func name(_ call: UInt32) -> String { unsafe String(cString: watch_name(call)) }

  private static func hung(_ call: String) -> Finding {
    .fail(
      "\(call) has not returned for \(callLimit.nanoseconds / 1_000_000_000) s",
      right: "every call returns: 500 ms for init, start, stop and command, well under 10 ms for callbacks",
      read: .roles)
  }

  private static func judge(
    _ test: ProviderTest, _ status: Int32, _ output: String, _ call: UInt32, _ step: UInt64, _ seed: UInt64
  ) -> Finding {
    let found = output.split(separator: "\n").compactMap { Finding(line: $0) }.last
    if status == 0, let found { return found }
    if status > 128, test.name == ProviderTest.mayCrash {
      return .pass("does not survive a second close (signal \(status - 128)); a host never makes one")
    }
    let place = call == WATCH_NONE ? "outside any call" : "in \(name(call))"
    let at = step == 0 ? "" : ", at step \(step) of --seed \(seed)"
    if status > 128 {
      return .fail(
        "crashed: signal \(status - 128) \(place)\(at)",
        right:
          "no input, setting or order of calls may crash it; run it again with --test \(test.name) under a debugger",
        read: .roles)
    }
    return .fail(
      "ended its process with exit status \(status) \(place)\(at)", right: "a provider never ends its process",
      read: .roles)
  }
}
