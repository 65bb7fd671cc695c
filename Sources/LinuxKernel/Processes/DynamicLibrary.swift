// SPDX-License-Identifier: Apache-2.0

import CLinux

/// A shared library, loaded with RTLD_NOW and RTLD_LOCAL and never unloaded: a Swift image cannot be.
/// `@safe`: the handle stays valid for the life of the process.
@safe
package struct DynamicLibrary: @unchecked Sendable {
  package let path: String
  private let handle: UnsafeMutableRawPointer

  /// Why a library or symbol could not be had, in the linker's words.
  package struct LoadError: Error, CustomStringConvertible, Equatable {
    package var path: String
    package var reason: String
    package var description: String { "cannot load \(path): \(reason)" }
  }

  /// Loads a file; give a path with a slash, so that the search path has no say.
  package init(path: String) throws(LoadError) {
    guard let handle = unsafe path.withCString({ unsafe clinux_library_open($0) }) else {
      throw LoadError(path: path, reason: DynamicLibrary.lastError(removing: path))
    }
    unsafe self.handle = handle
    self.path = path
  }

  /// The address of an exported symbol. The caller casts it to what it is by contract.
  package func symbol(_ name: String) throws(LoadError) -> UnsafeMutableRawPointer {
    guard let address = unsafe name.withCString({ unsafe clinux_library_symbol(handle, $0) }) else {
      _ = DynamicLibrary.lastError(removing: path)
      throw LoadError(path: path, reason: "it does not export the function \(name)")
    }
    return unsafe address
  }

  private static func lastError(removing path: String) -> String {
    // The linker's text of this thread's last error, copied at once.
    guard let text = unsafe clinux_library_error() else { return "the dynamic linker gives no reason" }
    let full = unsafe String(cString: text)
    return full.hasPrefix("\(path): ") ? String(full.dropFirst(path.count + 2)) : full
  }
}
