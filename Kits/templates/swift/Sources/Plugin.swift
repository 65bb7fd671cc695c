// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import ProviderKit

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.example.example-clock", name: "example-clock", vendor: "example.org", version: "0.1.0",
    description: "Reads the host's clock and adds a set offset", capabilities: .input, receivers: [],
    settings: ExampleClockProvider.schema, make: { ExampleClockProvider(host: $0) })
])

// The ABI's two functions carry no context, so they name this plugin's own catalogue.
private let module = ProviderCatalogue.module(
  descriptor: { catalogue.descriptor($0) }, open: { catalogue.open($0, $1) })

/// The one exported function of this plugin (tompion/module.h).
@_cdecl("tompion_module_v1")
public func moduleV1() -> UnsafePointer<tompion_module_t> { module.pointer }
