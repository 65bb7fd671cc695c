// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Settings
import TimeTypes

/// How an entry of the configuration comes to its device; tests put a machine of their own in its place. [hardware clocks]
struct DeviceAccess {
  /// Where a device is and what makes it the same one under any name.
  struct Place: Equatable {
    /// "/dev/ptp0"; "" = it has no path.
    var path: String
    var identity: DeviceIdentity
  }

  /// Finds the device that a setting means.
  var locate: (HardwareClockConfiguration.Device) throws(KernelError) -> Place
  /// Opens it, for writing and with its lock where it is to be steered; nothing is changed.
  var open: (HardwareClockConfiguration.Device, Place, ClockID, SteeringMode) throws(KernelError) -> DeviceClock
  /// Who else has the device of a path open.
  var look: (String) -> PHCPath.Look

  /// The host's own.
  static var kernel: DeviceAccess {
    DeviceAccess(locate: Self.locate, open: Self.open, look: { PHCPath.look(at: $0) })
  }

  private static func locate(_ device: HardwareClockConfiguration.Device) throws(KernelError) -> Place {
    switch device {
    case .path(let path):
      let real = PHCPath.real(path)
      return Place(path: real, identity: .number(try PHCPath.number(real)))
    case .interface(let name):
      let path = try PHCPath.ofInterface(name)
      return Place(path: path, identity: .number(try PHCPath.number(path)))
    case .auxiliary(let number):
      return Place(path: "", identity: .auxiliary(number))
    }
  }

  private static func open(
    _ device: HardwareClockConfiguration.Device, _ place: Place, _ id: ClockID, _ mode: SteeringMode
  ) throws(KernelError) -> DeviceClock {
    switch device {
    case .path, .interface:
      return .hardware(try HardwareClock(id: id, path: place.path, mode: mode))
    case .auxiliary(let number):
      return .auxiliary(
        try AuxiliaryClock(id: id, number: number, mode: mode, lockPaths: AuxiliaryClock.lockPaths(number)))
    }
  }
}
