// SPDX-License-Identifier: Apache-2.0

extension Configuration {
  /// Devices that are sources: none is one twice, and no PTP clock that follows the system clock tells it the time.
  ///
  /// Pulses that such a clock only stamps (the `device` of `pps`, external time stamps) are somebody else's time: its own comes in as a
  /// stopwatch between the pulse and the system clock, whatever it shows. Pulses that it makes (`enable_on`) are its own time.
  ///
  /// By their paths, as `DevicePath` reads them: which device a link or an interface's name leads to only the host knows.
  func referenceDeviceErrors() -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    for provider in providers where provider.enabled && provider.readsMarks {
      var first: [String: SettingValue] = [:]
      for value in provider.values where value.path.hasPrefix("source[") {
        let isDevice = value.path.hasSuffix("].device")
        guard isDevice || value.path.hasSuffix("].enable_on"), case .string(let path) = value.value else { continue }
        let device = DevicePath.plain(path)
        if isDevice, let earlier = first.updateValue(first[device] ?? value, forKey: device) {
          wrong.append(
            diagnostic(
              value, "it is the device of \(earlier.key) in line \(earlier.line), too", "remove one of the two sources")
          )
        }
        guard
          let (index, clock) = hardwareClocks.enumerated().first(where: { _, clock in
            clock.follows == .system && DevicePath.plain(clock.device) == device
          }), !(isDevice && provider.stampsPulses)
        else { continue }
        wrong.append(
          diagnostic(
            value,
            "hardware_clock[\(index)] in line \(clock.line) makes that clock follow the system clock, "
              + (isDevice
                ? "and two clocks cannot follow each other"
                : "so that the pulses it makes are the system clock's own time"),
            "write follows = \"none\" there, or remove this \(isDevice ? "source" : "key")"))
      }
    }
    return wrong
  }

  /// NTP's shared memory is attached, which no sandboxed child may.
  func sharedMemoryErrors() -> [Diagnostic] {
    providers.filter { $0.enabled && $0.placement == .process && $0.isModule("tompion-gnss") }.flatMap { provider in
      provider.values.filter { $0.path.hasSuffix("].shm") || $0.path.hasSuffix("].feed_shm") }.map {
        diagnostic(
          $0, "provider \"\(provider.name)\" runs in a process of its own, which cannot have shared memory",
          "write placement = \"in-process\" in [provider.\(provider.name)], or use a socket")
      }
    }
  }
}

extension ProviderConfiguration {
  /// Its sources are devices that mark moments: pulses, PTP clocks.
  fileprivate var readsMarks: Bool { isModule("tompion-phc") || stampsPulses }

  /// Of a PTP clock it takes the moments of pulses from elsewhere.
  fileprivate var stampsPulses: Bool { isModule("tompion-pps") }
}
