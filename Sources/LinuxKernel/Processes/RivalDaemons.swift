// SPDX-License-Identifier: Apache-2.0

/// Another program that steers the clock we want to steer.
package struct RivalDaemon: Sendable, Equatable, CustomStringConvertible {
  package var name: String
  package var pid: Int32

  package init(name: String, pid: Int32) {
    self.name = name
    self.pid = pid
  }

  package var description: String { "\(name) (pid \(pid))" }
}

/// Finds programs that steer the clock, so that two never pull at it. [control, before steering]
package enum RivalDaemons {
  /// Their file names, and what people call them.
  private static let known = [
    "chronyd": "chronyd", "ntpd": "ntpd", "systemd-timesyncd": "systemd-timesyncd", "ntp-daemon": "ntpd-rs",
    "openntpd": "openntpd", "ptp4l": "ptp4l", "phc2sys": "phc2sys", "ts2phc": "ts2phc", "tompiond": "tompiond",
  ]

  /// Those that run now, as far as /proc shows; this process is none. CLOCK_REALTIME has no namespaces, so that one
  /// in a container counts if it can be seen. Whether it really steers is not looked into: what another program will do
  /// later cannot be known, and an operator who means it can stop it.
  package static func running(in processes: ProcessTable = ProcessTable(), except own: Int32? = nil) -> [RivalDaemon] {
    let own = own ?? processes.ownPID
    return processes.pids().compactMap { pid -> RivalDaemon? in
      guard pid != own, let comm = processes.name(pid) else { return nil }
      // The file says what it is, whatever name a thread gave itself; where we may not look, the name has to do.
      let file = processes.executable(pid).map { String($0.split(separator: "/").last ?? "") } ?? comm
      guard let name = known.first(where: { matches($0.key, file) })?.value else { return nil }
      // With a hardware clock open these steer that one, and the system clock is somebody else's.
      if name == "ptp4l" || name == "ts2phc",
        processes.descriptorTargets(pid).contains(where: { $0.hasPrefix("/dev/ptp") })
      {
        return nil
      }
      return RivalDaemon(name: name, pid: pid)
    }
  }

  /// The kernel keeps 15 bytes of a name.
  private static func matches(_ known: String, _ name: String) -> Bool {
    known == name || (known.utf8.count > 15 && known.hasPrefix(name) && name.utf8.count == 15)
  }

  /// Why steering is refused, naming each; nil = nobody is in the way.
  package static func refusal(_ rivals: [RivalDaemon]) -> String? {
    guard !rivals.isEmpty else { return nil }
    let names = rivals.map(\.description).joined(separator: ", ")
    return
      "the clock is not steered, because \(names) \(rivals.count == 1 ? "runs" : "run") beside this daemon: stop \(rivals.count == 1 ? "it" : "them") "
      + "(systemctl disable --now ...), or set clock.steer = false to watch only"
  }
}
