// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import RTC

/// The one exported function of libtompion-rtc.so (module.h). [any]
@_cdecl("tompion_module_v1")
public func moduleV1() -> UnsafePointer<tompion_module_t> { unsafe rtcModule() }
