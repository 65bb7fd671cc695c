// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
import LinuxKernel

/// A plugin's image after all checks: its module struct and its descriptors. Never unloaded.
@safe package struct ProviderModule: @unchecked Sendable {
  // Sound to share: module and descriptors live as long as the process and nobody writes them.
  /// The file, or "built in".
  package let path: String
  package let descriptors: [ProviderDescriptor]
  /// The module itself, for provider-check, which puts its watch in between.
  package let pointer: UnsafePointer<tompion_module_t>

  /// Checks a module that is linked in, or that `load` found. [control]
  package init(path: String, pointer: UnsafePointer<tompion_module_t>?) throws(ProviderError) {
    func refuse(_ reason: ProviderError.Reason) -> ProviderError { ProviderError(module: path, reason) }
    guard let pointer = unsafe pointer else { throw refuse(.nullModule) }
    // Sound: a module struct lives as long as the process; `size` is read first and says how much of it there is.
    let size = unsafe pointer.pointee.size
    guard size >= 8 else {
      throw refuse(.shortStruct("module", size: size, atLeast: MemoryLayout<tompion_module_t>.size))
    }
    let major = unsafe pointer.pointee.abi_major
    guard major == UInt16(TOMPION_ABI_MAJOR) else {
      throw refuse(.wrongMajor(major, expected: UInt16(TOMPION_ABI_MAJOR)))
    }
    guard size >= MemoryLayout<tompion_module_t>.size else {
      throw refuse(.shortStruct("module", size: size, atLeast: MemoryLayout<tompion_module_t>.size))
    }
    let count = unsafe pointer.pointee.descriptor_count
    guard (1...64).contains(count) else { throw refuse(.badDescriptorCount(count)) }
    guard let describe = unsafe pointer.pointee.descriptor else { throw refuse(.null("module.descriptor")) }
    guard unsafe pointer.pointee.open != nil else { throw refuse(.null("module.open")) }
    var found: [ProviderDescriptor] = []
    for index in 0..<count {
      guard let descriptor = unsafe describe(index) else { throw refuse(.null("descriptor \(index)")) }
      unsafe found.append(try Self.read(descriptor, index: index, refuse))
    }
    self.path = path
    unsafe self.pointer = pointer
    descriptors = found
  }

  /// What is wrong with a module's file before anybody opens it (to open a pipe is to wait); nil = nothing.
  package static func complaint(of path: String) -> String? {
    let real = PHCPath.real(path)
    guard let found = SmallFile.attributes(real) else {
      return "there is no such file, or it may not be read"
    }
    guard found.mode & 0o170000 == 0o100000 else { return "it is no plain file" }
    guard found.mode & 0o002 == 0 else { return "everybody may write it: chmod o-w, and look at who did" }
    return SmallFile.exists(real) ? nil : "it may not be read"
  }

  /// Loads a plugin: dlopen(3) with RTLD_LOCAL, its one symbol, then the checks. Never unloaded, even when refused. [control]
  package static func load(path: String) throws(ProviderError) -> ProviderModule {
    // Without a slash dlopen would search the system's folders for a name that was meant as a file here.
    let file = path.contains("/") ? path : "./" + path
    let library: DynamicLibrary
    do throws(DynamicLibrary.LoadError) {
      library = try DynamicLibrary(path: file)
    } catch {
      throw ProviderError(module: path, .notLoadable(CText.printable(error.reason.utf8.prefix(CText.lineLimit))))
    }
    guard let symbol = try? unsafe library.symbol(TOMPION_MODULE_SYMBOL) else {
      throw ProviderError(module: path, .missingSymbol)
    }
    // Sound: the symbol has the type that the header gives to its name.
    let entry = unsafe unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<tompion_module_t>?).self)
    return try unsafe ProviderModule(path: path, pointer: entry())
  }

  private static func read(
    _ descriptor: UnsafePointer<tompion_descriptor_t>, index: UInt32, _ refuse: (ProviderError.Reason) -> ProviderError
  ) throws(ProviderError) -> ProviderDescriptor {
    // Sound: descriptors live as long as the process; the size is checked before any other field is read.
    let size = unsafe descriptor.pointee.size
    let full = unsafe MemoryLayout<tompion_descriptor_t>.size
    guard size >= full else { throw refuse(.shortStruct("descriptor \(index)", size: size, atLeast: full)) }
    func text(_ pointer: UnsafePointer<CChar>?, _ field: String) throws(ProviderError) -> String {
      guard let string = unsafe CText.string(pointer) else { throw refuse(.null("descriptor \(index).\(field)")) }
      return string
    }
    return ProviderDescriptor(
      capabilities: unsafe descriptor.pointee.capabilities, id: try unsafe text(descriptor.pointee.id, "id"),
      name: try unsafe text(descriptor.pointee.name, "name"),
      vendor: try unsafe text(descriptor.pointee.vendor, "vendor"),
      version: try unsafe text(descriptor.pointee.version, "version"),
      summary: try unsafe text(descriptor.pointee.description, "description"))
  }

  /// The descriptor with that id or name.
  package func descriptor(_ idOrName: String) throws(ProviderError) -> ProviderDescriptor {
    guard let found = descriptors.first(where: { $0.id == idOrName || $0.name == idOrName }) else {
      throw ProviderError(module: path, .unknownProvider(idOrName, available: descriptors.map(\.name)))
    }
    return found
  }
}
