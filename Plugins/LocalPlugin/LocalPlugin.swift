// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import Local

/// The one exported function of libtompion-local.so (module.h). [any]
@_cdecl("tompion_module_v1")
public func moduleV1() -> UnsafePointer<tompion_module_t> { unsafe localModule() }
