// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a figure depends on, as far as the machine tells.
struct Environment {
  var facts: [(name: String, value: String)] = []

  init() {
    func line(_ path: String) -> String? {
      (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    func fact(_ name: String, _ value: String?) { facts.append((name, value ?? "unknown")) }
    var name = utsname()
    uname(&name)
    let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let machine = withUnsafeBytes(of: name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    fact("kernel", "\(release) \(machine)")
    let model = line("/proc/cpuinfo")?.split(separator: "\n").first {
      $0.hasPrefix("model name") || $0.hasPrefix("CPU part")
    }
    fact("cpu", model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) })
    fact("cores", "\(ProcessInfo.processInfo.activeProcessorCount)")
    fact("clocksource", line("/sys/devices/system/clocksource/clocksource0/current_clocksource"))
    fact("governor", line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") ?? "none (no cpufreq)")
    fact("nic", Self.interfaces())
    fact("load", line("/proc/loadavg").map { $0.split(separator: " ").prefix(3).joined(separator: " ") })
    fact("real time", Self.realTime())
    fact(
      "io_uring", line("/proc/sys/kernel/io_uring_disabled").map { $0 == "0" ? "allowed" : "io_uring_disabled = \($0)" }
    )
    fact("date", ISO8601DateFormatter().string(from: Date()))
  }

  private static func interfaces() -> String {
    let folder = "/sys/class/net"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
    return names.filter { $0 != "lo" }.map { name in
      let driver = (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)/device/driver"))?
        .split(separator: "/").last.map(String.init)
      return driver.map { "\(name) (\($0))" } ?? name
    }.joined(separator: ", ")
  }

  private static func realTime() -> String {
    let old = sched_getscheduler(0)
    var wanted = sched_param()
    wanted.sched_priority = 1
    guard sched_setscheduler(0, SCHED_FIFO, &wanted) == 0 else { return "SCHED_FIFO refused" }
    wanted.sched_priority = 0
    sched_setscheduler(0, old, &wanted)
    return "SCHED_FIFO allowed"
  }
}
