// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import ProviderHost
package import TimeTypes

/// A device that a provider has open.
struct VirtualDevice {
  var handle: UInt32
  var options: DeviceOptions
  /// Of the kernel's count of each edge, and of the newest ones, which PPS_FETCH shows.
  var asserts: UInt32 = 0
  var clears: UInt32 = 0
  var newestAssert: Stamp?
  var newestClear: Stamp?
  var isLookDue = false
}

/// Something plugged into a host.
package struct VirtualPlug {
  package var kind: DeviceOptions.Kind
  /// Of a hardware clock: what it shows now, and how far off the reading may be, ns; nil = it cannot be read. Asked at each reading.
  package var reading: (() -> (shown: TimeInterval, errorNanoseconds: UInt32)?)?

  package init(_ kind: DeviceOptions.Kind, reading: (() -> (shown: TimeInterval, errorNanoseconds: UInt32)?)? = nil) {
    self.kind = kind
    self.reading = reading
  }
}

/// Devices of a host, driven from outside its providers: by the world's actions, or between its steps.
extension VirtualHost {
  /// Plugs something in; who lost it hears that it is back.
  package func plug(_ plug: VirtualPlug, at path: String) {
    let isNew = plugs[path] == nil
    plugs[path] = plug
    if isNew { each(path) { $0.changed($1, TOMPION_OK) } }
  }

  /// Pulls it out; who has it open hears of it.
  package func unplug(_ path: String) {
    guard plugs.removeValue(forKey: path) != nil else { return }
    each(path) { $0.changed($1, TOMPION_NOT_FOUND) }
  }

  /// Bytes come on a serial line, or memory is another one now.
  package func receive(_ bytes: [UInt8], from path: String) { each(path) { $0.received(bytes, $1) } }

  /// An edge of a pulse comes now. `shown`: what a hardware clock stamps it by, and how far off that may be, ns.
  package func mark(isAssert: Bool, at path: String, shown: (TimeInterval, errorNanoseconds: UInt32)? = nil) {
    each(path) { $0.marked(isAssert: isAssert, $1, shown) }
  }

  private func each(_ path: String, _ act: (VirtualBackend, UInt32) -> Void) {
    for provider in providers {
      for device in provider.backend.devices where device.options.path == path { act(provider.backend, device.handle) }
    }
  }

  /// What is plugged in there is of that kind.
  func finds(_ options: DeviceOptions) -> tompion_status {
    guard let plug = plugs[options.path] else { return TOMPION_NOT_FOUND }
    return plug.kind == options.kind ? TOMPION_OK : TOMPION_INVALID
  }

  func isOpen(_ path: String) -> Bool {
    providers.contains { $0.backend.devices.contains { $0.options.path == path } }
  }
}
