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

  /// Programs that steer PTP hardware clocks.
  private static let steering = ["ptp4l", "phc2sys", "ts2phc", "tompiond"]

  /// Those of them that have the device open, as far as /proc shows.
  package static func holders(of path: String, in processes: ProcessTable = ProcessTable(), own: Int32? = nil)
    -> [RivalDaemon]
  {
    let own = own ?? processes.ownPID
    return processes.pids().compactMap { pid -> RivalDaemon? in
      guard pid != own, let name = processes.name(pid), steering.contains(name) else { return nil }
      return processes.descriptorTargets(pid).contains(path) ? RivalDaemon(name: name, pid: pid) : nil
    }
  }
}
