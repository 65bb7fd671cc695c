// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import ProviderKit

/// The module table of this plugin: what `tompion_module_v1` returns, or what a host that links the client in uses at once.
/// Lives as long as the process. [any]
public func ntpClientModule() -> UnsafePointer<tompion_module_t> { unsafe module.pointer }

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.tompion.ntp-client", name: "ntp-client", vendor: "Tompion", version: "0.1.0",
    description: "Network Time Protocol client (RFC 5905)", capabilities: .input,
    receivers: [.packets, .timers, .names, .associations], settings: SourceSettings.schema,
    make: { NTPClientProvider(host: $0) })
])

// The ABI's two functions carry no context, so they name this plugin's own catalogue; the pointers are the host's, passed on.
private let module = unsafe ProviderCatalogue.module(
  descriptor: { unsafe catalogue.descriptor($0) }, open: { unsafe catalogue.open($0, $1) })
