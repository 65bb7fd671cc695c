// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Folders as wholes: what is in one, and a new one that appears complete or not at all. [control]
package enum Folder {
  /// A plain file in a folder: its path from there, and what is in it.
  package struct File: Sendable {
    package var path: String
    package var bytes: [UInt8]

    package init(_ path: String, _ bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  private final class Names { var list: [String] = [] }

  /// The names in a folder, in no order.
  package static func names(_ path: String) throws(KernelError) -> [String] {
    let names = Names()
    // `names` lives until the call returns, and the callback runs only inside it.
    let result = unsafe path.withCString { path in
      unsafe clinux_list_directory(
        path,
        { context, name in
          guard let context = unsafe context, let name = unsafe name else { return }
          unsafe Unmanaged<Names>.fromOpaque(context).takeUnretainedValue().list.append(String(cString: name))
        }, Unmanaged.passUnretained(names).toOpaque())
    }
    _ = try KernelError.check(result, "read the folder")
    return withExtendedLifetime(names) { names.list }
  }

  /// Every plain file of a folder and of those in it, by path.
  package static func files(_ path: String) throws(KernelError) -> [File] {
    var found: [File] = []
    try collect(path, below: "", depth: 0, into: &found)
    return found.sorted { $0.path < $1.path }
  }

  private static func collect(
    _ root: String, below folder: String, depth: Int, into found: inout [File]
  ) throws(KernelError) {
    guard depth < 8 else { return }
    for name in try names(folder.isEmpty ? root : "\(root)/\(folder)") {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      do throws(KernelError) {
        found.append(File(path, try SmallFile.read("\(root)/\(path)")))
      } catch {
        guard error.errno == KernelError.isDirectory else { throw error }
        try collect(root, below: path, depth: depth + 1, into: &found)
      }
    }
  }

  /// Makes a folder with these files. It is written beside its place under another name and renamed when it is whole; what was
  /// written is removed if anything fails. EEXIST: something of that name is there already.
  package static func create(_ path: String, _ files: [File]) throws(KernelError) {
    guard SmallFile.attributes(path) == nil else { throw KernelError("make the folder", errno: KernelError.exists) }
    let (directory, name) = SmallFile.split(path)
    let temporary = "\(directory)/.\(name).\(clinux_process_id())"
    guard try SmallFile.makeDirectory(temporary, mode: 0o755) else {
      throw KernelError("make a temporary folder", errno: KernelError.exists)
    }
    do throws(KernelError) {
      for file in files {
        try makeParents(of: file.path, in: temporary)
        try SmallFile.replace("\(temporary)/\(file.path)", with: file.bytes, mode: 0o644)
      }
      let renamed = unsafe temporary.withCString { from in
        unsafe path.withCString { to in unsafe clinux_rename_new(from, to) }
      }
      _ = try KernelError.check(renamed, "make the folder")
    } catch {
      removeAll(temporary, files)
      throw error
    }
  }

  private static func makeParents(of path: String, in root: String) throws(KernelError) {
    for parent in parents(of: path) { try SmallFile.makeDirectory("\(root)/\(parent)", mode: 0o755) }
  }

  /// "a", "a/b" for "a/b/c".
  private static func parents(of path: String) -> [String] {
    let parts = path.split(separator: "/").dropLast()
    return parts.indices.map { parts[...$0].joined(separator: "/") }
  }

  /// Removes what `create` wrote, and nothing else.
  private static func removeAll(_ root: String, _ files: [File]) {
    for file in files { SmallFile.remove("\(root)/\(file.path)") }
    for parent in Set(files.flatMap { parents(of: $0.path) }).sorted(by: { $0.utf8.count > $1.utf8.count }) {
      _ = unsafe "\(root)/\(parent)".withCString { unsafe clinux_remove_directory($0) }
    }
    _ = unsafe root.withCString { unsafe clinux_remove_directory($0) }
  }
}
