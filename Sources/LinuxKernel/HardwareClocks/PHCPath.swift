// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Which device is a network interface's PTP hardware clock, and who else has it open. [control, at start]
package enum PHCPath {
  /// "/dev/ptp0" of "eth0".
  /// - Throws: ENODEV where there is no such interface, EOPNOTSUPP where it has no hardware clock.
  package static func ofInterface(_ name: String) throws(KernelError) -> String {
    var abilities = clinux_stamping_abilities_t()
    // The name is read within the call; the struct is our own.
    let result = unsafe name.withCString { unsafe clinux_stamping_describe($0, &abilities) }
    _ = try KernelError.check(result, "ask the network interface for its hardware clock")
    guard abilities.phc >= 0 else {
      throw KernelError("find a hardware clock of the network interface", errno: KernelError.notSupported)
    }
    return "/dev/ptp\(abilities.phc)"
  }

  /// The device that a path leads to through symbolic links (/dev/ptp_kvm, /dev/char/248:0), as /proc shows it; what cannot be followed
  /// stays as it is.
  package static func real(_ path: String, in processes: ProcessTable = ProcessTable()) -> String {
    var path = path
    for _ in 0..<mostLinks {
      guard let target = processes.link(path) else { break }
      path = target.hasPrefix("/") ? target : path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex) + target
      var parts: [Substring] = []
      for part in path.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
      }
      path = "/" + parts.joined(separator: "/")
    }
    return path
  }

  /// As many as Linux follows (path_resolution(7)).
  private static let mostLinks = 40

  /// Programs that steer PTP hardware clocks.
  private static let steering = ["ptp4l", "phc2sys", "ts2phc", "tompiond"]

  /// What /proc shows of them.
  package struct Look: Sendable, Equatable {
    /// They have the device open.
    package var holders: [RivalDaemon] = []
    /// They run, and what they have open is not ours to know.
    package var hidden: [RivalDaemon] = []

    package init(holders: [RivalDaemon] = [], hidden: [RivalDaemon] = []) {
      self.holders = holders
      self.hidden = hidden
    }
  }

  /// Who of them, this process left out, has the device of a real path open.
  package static func look(
    at path: String, in processes: ProcessTable = ProcessTable(), own: Int32? = nil
  ) -> Look {
    let own = own ?? processes.ownPID
    var look = Look()
    for pid in processes.pids() where pid != own {
      guard let name = processes.name(pid), steering.contains(name) else { continue }
      let rival = RivalDaemon(name: name, pid: pid)
      let targets = processes.descriptorTargets(pid)
      // A daemon without a single descriptor is one that we may not look into.
      if targets.isEmpty {
        look.hidden.append(rival)
      } else if targets.contains(path) {
        look.holders.append(rival)
      }
    }
    return look
  }
}
