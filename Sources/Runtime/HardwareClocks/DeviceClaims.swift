// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// What makes a device the same one, whatever it is called.
enum DeviceIdentity: Hashable {
  /// Major and minor number of a character device.
  case number(UInt64)
  /// CLOCK_AUX0 to CLOCK_AUX7.
  case auxiliary(Int32)
}

/// Which entry of the configuration each device belongs to: a clock has one entry, however its device is spelled. Otherwise the system
/// clock and a PHC could follow each other, or two entries steer one device. One object for all entries. [hardware clocks]
final class DeviceClaims {
  struct Owner: Equatable {
    /// The entry's name.
    let name: String
    /// How it spells the device.
    let spelling: String
  }

  private var owners: [DeviceIdentity: Owner] = [:]

  /// Takes the device for an entry, which gives up any other that it had; nil = it has it now, else who does.
  ///
  /// An entry that lost its device keeps the claim until it claims another one: who follows whom must not change because a device was
  /// away for a moment.
  func claim(_ device: DeviceIdentity, for owner: Owner) -> Owner? {
    if let other = owners[device], other.name != owner.name { return other }
    for (mine, holder) in owners where holder.name == owner.name { owners[mine] = nil }
    owners[device] = owner
    return nil
  }
}
