// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import DeviceSources
import ProviderKit

/// The module table of this plugin: what `tompion_module_v1` returns. Lives as long as the process. [any]
public func phcModule() -> UnsafePointer<tompion_module_t> { unsafe module.pointer }

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.tompion.phc", name: "phc", vendor: "Tompion", version: "0.1.0",
    description: "PTP hardware clocks, a hypervisor's among them, as sources of time", capabilities: .input,
    receivers: [.timers, .devices], settings: HardwareClockSettings.schema,
    make: { DeviceProvider<HardwareClockSlot>(host: $0) })
])

// The ABI's two functions carry no context, so they name this plugin's own catalogue; the pointers are the host's, passed on.
private let module = unsafe ProviderCatalogue.module(
  descriptor: { unsafe catalogue.descriptor($0) }, open: { unsafe catalogue.open($0, $1) })
