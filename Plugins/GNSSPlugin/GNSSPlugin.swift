// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import GNSS

/// The one exported function of libtompion-gnss.so (module.h). [any]
@_cdecl("tompion_module_v1")
public func moduleV1() -> UnsafePointer<tompion_module_t> { unsafe gnssModule() }
