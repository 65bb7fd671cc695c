// SPDX-License-Identifier: Apache-2.0

import DeviceSources
import ProviderKit

/// Opening the device of pulses.
extension PulseSlot {
  func open(_ devices: DeviceAccess) -> DeviceOpening {
    var enabling = Status.ok
    if !settings.enableOn.isEmpty {
      // The clock keeps on making pulses when it is closed again.
      switch devices.open(.hardwareClock(interval: 3_600_000), path: settings.enableOn, flags: .enablePulses) {
      case .success(let clock): devices.close(clock)
      case .failure(let error): enabling = error.status
      }
    }
    var opening = DeviceOpening(openPulses(devices))
    opening.enabling = enabling
    return opening
  }

  func text(of opening: DeviceOpening) -> String {
    if opening.enabling != .ok {
      return "\(settings.enableOn) does not make pulses: \(Self.reason(opening.enabling, isClock: true))"
    }
    guard opening.status != .ok else { return "" }
    return
      "the device cannot be opened: \(Self.reason(opening.status, isClock: settings.options.isHardwareClock))"
  }

  /// Why a device cannot be opened, and what would be right.
  private static func reason(_ status: Status, isClock: Bool) -> String {
    switch status {
    case .invalid where isClock: "it is no PTP clock (/dev/ptpN), or has no such channel or pin"
    case .invalid: "it is no PPS device (/dev/ppsN)"
    case .unsupported:
      isClock ? "it has no such signals, or this host opens no devices" : "it does not capture that edge"
    case .permission: "tompiond may not open it: a udev rule gives it to tompiond's user"
    default: status.text
    }
  }

  private func openPulses(_ devices: DeviceAccess) -> Result<UInt32, SocketError> {
    let (options, path) = (settings.options, settings.device)
    let edge: DeviceAccess.Edges = options.edge == .assert ? .assert : .clear
    if options.isHardwareClock {
      return devices.open(
        .hardwareClock(interval: 0, edges: edge, channel: options.channel, pin: options.pin), path: path)
    }
    // With both edges the width shows; many drivers capture but one.
    if options.checksWidth, case .success(let handle) = devices.open(.pulses([.assert, .clear]), path: path) {
      return .success(handle)
    }
    return devices.open(.pulses(edge), path: path)
  }
}
