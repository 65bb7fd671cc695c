// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Whole small files, read and replaced at once. [control]
package enum SmallFile {
  /// The file's bytes. EFBIG: longer than `limit`; EISDIR or EINVAL: not a plain file.
  package static func read(_ path: String, limit: Int = 1 << 20) throws(KernelError) -> [UInt8] {
    var size: Int64 = 0
    let fd = try KernelError.check(
      unsafe path.withCString { unsafe clinux_open_file($0, &size) }, "open the file")
    let file = FileDescriptor(owning: fd)
    guard size <= Int64(limit) else { throw KernelError("read a file that large", errno: EFBIG) }
    return try read(from: file, limit: limit)
  }

  /// Why `read` threw, for people.
  package static func reason(_ error: KernelError) -> String {
    switch error.errno {
    case EISDIR: "it is a directory, and no file"
    case EINVAL, ENXIO: "it is no file, but a pipe, a socket or a device"
    default: error.description
    }
  }

  /// What a file of /proc or /sys (of size 0 by stat) says, up to `limit` bytes.
  package static func readPseudo(_ path: String, limit: Int = 1 << 20) throws(KernelError) -> [UInt8] {
    let fd = try KernelError.check(unsafe path.withCString { unsafe clinux_open_stream($0) }, "open the file")
    return try read(from: FileDescriptor(owning: fd), limit: limit)
  }

  private static func read(from file: FileDescriptor, limit: Int) throws(KernelError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while true {
      let capacity = chunk.count
      // The array is `capacity` long and nothing else touches it during the call.
      let got = unsafe chunk.withUnsafeMutableBytes { unsafe clinux_read(file.rawValue, $0.baseAddress, capacity) }
      guard got >= 0 else { throw KernelError("read the file", errno: Int32(clamping: -got)) }
      if got == 0 { return bytes }
      guard bytes.count + Int(got) <= limit else { throw KernelError("read a file that large", errno: EFBIG) }
      bytes.append(contentsOf: chunk[..<Int(got)])
    }
  }

  /// Replaces a file as a whole: a new file beside it, fsync, rename. Readers see the old or the new, never half of one;
  /// a link in the file's place is replaced, not followed.
  package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o640) throws(KernelError) {
    let (directory, name) = split(path)
    guard !name.isEmpty, name != ".", name != ".." else {
      throw KernelError("replace a file without a name", errno: EINVAL)
    }
    let parent = FileDescriptor(
      owning: try KernelError.check(
        unsafe directory.withCString { unsafe clinux_open_directory($0) }, "open the file's directory"))
    let temporary = ".\(name).\(clinux_process_id()).\(String(try randomNumber(), radix: 16))"
    // O_EXCL and O_NOFOLLOW: nobody can have put a link there.
    let file = FileDescriptor(
      owning: try KernelError.check(
        unsafe temporary.withCString { unsafe clinux_create_at(parent.rawValue, $0, mode) }, "make a temporary file"))
    do throws(KernelError) {
      try write(bytes, to: file)
      _ = try KernelError.check(clinux_sync(file.rawValue), "bring the file to the disk")
      let renamed = unsafe temporary.withCString { from in
        unsafe name.withCString { to in unsafe clinux_rename_at(parent.rawValue, from, to) }
      }
      _ = try KernelError.check(renamed, "put the new file in place of the old")
    } catch {
      _ = unsafe temporary.withCString { unsafe clinux_unlink_at(parent.rawValue, $0) }
      throw error
    }
    // The rename itself: without it a power cut may bring the old file back, which is whole, too.
    _ = clinux_sync(parent.rawValue)
  }

  /// Makes a file that was not there. EEXIST: something of that name is, a dangling link included, and is left alone. What could not be
  /// written whole is removed again.
  package static func create(_ path: String, with bytes: [UInt8], mode: UInt32) throws(KernelError) {
    let (directory, name) = split(path)
    let parent = FileDescriptor(
      owning: try KernelError.check(
        unsafe directory.withCString { unsafe clinux_open_directory($0) }, "open the file's directory"))
    let file = FileDescriptor(
      owning: try KernelError.check(
        unsafe name.withCString { unsafe clinux_create_at(parent.rawValue, $0, mode) }, "make the file"))
    do throws(KernelError) {
      try write(bytes, to: file)
      _ = try KernelError.check(clinux_sync(file.rawValue), "bring the file to the disk")
    } catch {
      _ = unsafe name.withCString { unsafe clinux_unlink_at(parent.rawValue, $0) }
      throw error
    }
  }

  /// Throws unless `replace` would work now, without touching what is there: its directory takes new files, and nothing but a plain
  /// file is in its place.
  package static func checkReplacement(of path: String) throws(KernelError) {
    let (directory, name) = split(path)
    guard !name.isEmpty, name != ".", name != ".." else {
      throw KernelError("replace a file without a name", errno: EINVAL)
    }
    var size: Int64 = 0
    let present = unsafe path.withCString { unsafe clinux_open_file($0, &size) }
    if present >= 0 { _ = FileDescriptor(owning: present) }
    // Also as root: a device or a pipe must not be replaced by a file.
    if present == -EISDIR { throw KernelError("put a file in the place of a directory", errno: EISDIR) }
    if present == -EINVAL || present == -ENXIO {
      throw KernelError("replace what is no plain file", errno: EINVAL)
    }
    let parent = FileDescriptor(
      owning: try KernelError.check(
        unsafe directory.withCString { unsafe clinux_open_directory($0) }, "open the file's directory"))
    let trial = ".\(name).\(clinux_process_id()).\(String(try randomNumber(), radix: 16))"
    let file = FileDescriptor(
      owning: try KernelError.check(
        unsafe trial.withCString { unsafe clinux_create_at(parent.rawValue, $0, 0o600) }, "make a file in the directory"
      ))
    _ = file
    _ = unsafe trial.withCString { unsafe clinux_unlink_at(parent.rawValue, $0) }
  }

  /// Writes over a file in place: the minimal profile's way, which knows neither rename nor fsync. A reader may see half of it
  /// and a crash may leave that, so whoever reads it has to check it. A link in its place is not followed.
  package static func overwrite(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o640) throws(KernelError) {
    let fd = unsafe path.withCString { unsafe clinux_overwrite($0, mode) }
    try write(bytes, to: FileDescriptor(owning: try KernelError.check(fd, "open the file for writing")))
  }

  static func write(_ bytes: [UInt8], to file: FileDescriptor) throws(KernelError) {
    var done = 0
    while done < bytes.count {
      let start = done
      // `start` is inside the array.
      let written = unsafe bytes.withUnsafeBytes { memory in
        unsafe clinux_write(file.rawValue, memory.baseAddress.map { unsafe $0 + start }, memory.count - start)
      }
      guard written > 0 else { throw KernelError("write the file", errno: Int32(clamping: -written)) }
      done += Int(written)
    }
  }

  /// Makes a directory and those above it that are missing. False = something of that name is there already, whatever it is:
  /// `checkDirectory` tells.
  @discardableResult
  package static func makeDirectory(_ path: String, mode: UInt32 = 0o750) throws(KernelError) -> Bool {
    var result = unsafe path.withCString { unsafe clinux_make_directory($0, mode) }
    if result == -ENOENT {
      let parent = split(path).directory
      guard parent != path, parent != ".", parent != "/" else { throw KernelError("make the directory", errno: ENOENT) }
      try makeDirectory(parent, mode: 0o755)
      result = unsafe path.withCString { unsafe clinux_make_directory($0, mode) }
    }
    guard result != -EEXIST else { return false }
    _ = try KernelError.check(result, "make the directory")
    return true
  }

  /// Throws unless `path` is a directory (or a link to one) in which this process may make files.
  package static func checkDirectory(_ path: String) throws(KernelError) {
    let result = unsafe path.withCString { unsafe clinux_check_directory($0) }
    _ = try KernelError.check(result, "use the directory")
  }

  /// Gives a directory or socket that this process has just made to a user (UInt32.max = as it is). Links are not followed, and
  /// what belongs to another user is left alone (EPERM).
  package static func setOwner(_ path: String, user: UInt32, group: UInt32) throws(KernelError) {
    let result = unsafe path.withCString { unsafe clinux_set_owner($0, user, group) }
    _ = try KernelError.check(result, "change the owner of the file")
  }

  /// Removes a file; one that is not there is fine.
  package static func remove(_ path: String) {
    let (directory, name) = split(path)
    let fd = unsafe directory.withCString { unsafe clinux_open_directory($0) }
    guard fd >= 0 else { return }
    let parent = FileDescriptor(owning: fd)
    _ = unsafe name.withCString { unsafe clinux_unlink_at(parent.rawValue, $0) }
  }

  /// Permission bits and owner of what is at `path` itself; nil = nothing there.
  package static func attributes(_ path: String) -> (mode: UInt32, user: UInt32, group: UInt32)? {
    var (mode, user, group): (UInt32, UInt32, UInt32) = (0, 0, 0)
    let result = unsafe path.withCString { unsafe clinux_file_mode($0, &mode, &user, &group) }
    return result >= 0 ? (mode, user, group) : nil
  }

  /// As `attributes`, of the file that a symbolic link leads to.
  package static func attributesOfTarget(_ path: String) -> (mode: UInt32, user: UInt32, group: UInt32)? {
    var (mode, user, group): (UInt32, UInt32, UInt32) = (0, 0, 0)
    let result = unsafe path.withCString { unsafe clinux_target_mode($0, &mode, &user, &group) }
    return result >= 0 ? (mode, user, group) : nil
  }

  /// Whether a file of that name can be opened for reading.
  package static func exists(_ path: String) -> Bool {
    let fd = unsafe path.withCString { unsafe clinux_open_stream($0) }
    guard fd >= 0 else { return false }
    _ = clinux_close(fd)
    return true
  }

  static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = path[..<slash]
    return (directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...]))
  }

  private static func randomNumber() throws(KernelError) -> UInt64 {
    var number: UInt64 = 0
    try RandomBytes.fill(&number)
    return number
  }
}
