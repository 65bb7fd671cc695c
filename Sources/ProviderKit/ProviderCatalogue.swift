// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider

/// The kinds of provider in one plugin, and the module table that its one exported function returns.
///
/// The ABI's `descriptor` and `open` carry no context, so that each plugin names its own catalogue in two closures:
///
/// ```swift
/// private let catalogue = ProviderCatalogue([ProviderKind(...)])
/// private let module = ProviderCatalogue.module(
///   descriptor: { catalogue.descriptor($0) }, open: { unsafe catalogue.open($0, $1) })
/// ```
@safe
public final class ProviderCatalogue: Sendable {
  private let kinds: [ProviderKind]

  public init(_ kinds: [ProviderKind]) { self.kinds = kinds }

  /// Descriptor number `index`, nil beyond the last. [any]
  public func descriptor(_ index: UInt32) -> UnsafePointer<tompion_descriptor_t>? {
    index < kinds.count ? unsafe kinds[Int(index)].descriptor : nil
  }

  /// Makes a provider of that id; nil = there is none such, the host is not one for this kit, or the provider refused. [control]
  @unsafe
  public func open(
    _ id: UnsafePointer<CChar>?, _ host: UnsafePointer<tompion_host_t>?
  ) -> UnsafePointer<tompion_provider_t>? {
    // Sound: the caller passes a C string and a host table, both checked for NULL, that live as host.h says.
    guard let id = unsafe id, let table = unsafe host,
      unsafe table.pointee.size >= MemoryLayout<tompion_host_t>.size,
      unsafe Int32(table.pointee.abi_major) == TOMPION_ABI_MAJOR
    else { return nil }
    let wanted = unsafe String(cString: id)
    for kind in kinds {
      guard let kindID = unsafe kind.descriptor.pointee.id, unsafe String(cString: kindID) == wanted else { continue }
      guard let provider = unsafe kind.make(Host(table)) else { return nil }
      return unsafe ProviderInstance(provider, kind: kind).makeTable()
    }
    return nil
  }

  /// A module table for the life of the process. `count` is the number of descriptors. [any]
  public static func module(
    count: UInt32 = 1,
    descriptor: @escaping @convention(c) (UInt32) -> UnsafePointer<tompion_descriptor_t>?,
    open:
      @escaping @convention(c) (
        UnsafePointer<CChar>?, UnsafePointer<tompion_host_t>?
      ) -> UnsafePointer<tompion_provider_t>?
  ) -> ProviderModule {
    // Sound: allocated once for the life of the process and only read afterwards.
    let table = UnsafeMutablePointer<tompion_module_t>.allocate(capacity: 1)
    unsafe table.initialize(
      to: tompion_module_t(
        size: UInt32(MemoryLayout<tompion_module_t>.size), abi_major: UInt16(TOMPION_ABI_MAJOR),
        abi_minor: UInt16(TOMPION_ABI_MINOR), descriptor_count: count, reserved: 0, descriptor: descriptor,
        open: open))
    return unsafe ProviderModule(pointer: UnsafePointer(table))
  }
}

/// The table that `tompion_module_v1` returns; lives as long as the process.
@safe
public struct ProviderModule: @unchecked Sendable {
  public let pointer: UnsafePointer<tompion_module_t>
}
