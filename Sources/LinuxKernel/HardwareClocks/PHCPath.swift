// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Which device a path or a network interface means, and who else has it open. [control at start, hardware clocks]
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

  /// The path that a path leads to (/dev/ptp_kvm, /dev//ptp0, /dev/char/248:0), as /proc shows it; what leads nowhere stays as it is.
  package static func real(_ path: String) -> String {
    var length: Int32 = -1
    // The fence writes at most `capacity` bytes and ends them with a zero.
    let text = unsafe FixedText.read(capacity: 4096) { start, capacity in
      length = unsafe path.withCString { unsafe clinux_real_path($0, start, capacity) }
    }
    return length >= 0 ? text : path
  }

  /// Major and minor number of the device that a path leads to: the same for every spelling, link and node of it.
  /// - Throws: ENODEV where the path leads to something that is no character device.
  package static func number(_ path: String) throws(KernelError) -> UInt64 {
    var number: UInt64 = 0
    // The path is read within the call; the number is our own.
    let result = unsafe path.withCString { unsafe clinux_device_number($0, &number) }
    _ = try KernelError.check(result, "open the PTP hardware clock")
    return number
  }

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
