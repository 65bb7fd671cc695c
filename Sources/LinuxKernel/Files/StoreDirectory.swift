// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A directory of small files, one for each value of a store: mode 0700, made when something is first kept; files of mode 0600, each
/// replaced as a whole. [control]
package struct StoreDirectory: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// Whether a value may have that name: a-z, 0-9, '.' and '-', at most 64 bytes, not beginning with '.'. So it is no path.
  package static func isName(_ name: some Collection<UInt8>) -> Bool {
    guard let first = name.first, first != 0x2e, name.count <= 64 else { return false }
    return name.allSatisfy { $0 == 0x2d || $0 == 0x2e || 0x30...0x39 ~= $0 || 0x61...0x7a ~= $0 }
  }

  package struct Contents: Sendable {
    package var values: [(name: String, bytes: [UInt8])] = []
    /// What has a value's name and is none, and why.
    package var passedOver: [(name: String, reason: String)] = []
  }

  /// Everything that is there and may be, at most `count` values of at most `limit` bytes; links, strangers' and larger files are passed
  /// over.
  package func load(count: Int, limit: Int) -> Contents {
    var contents = Contents()
    for name in names().sorted() where Self.isName(name.utf8) {
      do throws(Refusal) {
        guard contents.values.count < count else { throw Refusal("there are \(count) values already") }
        contents.values.append((name, try value(name, limit: limit)))
      } catch {
        contents.passedOver.append((name, error.reason))
      }
    }
    return contents
  }

  private struct Refusal: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  private func value(_ name: String, limit: Int) throws(Refusal) -> [UInt8] {
    let file = "\(path)/\(name)"
    guard let attributes = SmallFile.attributes(file) else { throw Refusal("it cannot be looked at") }
    switch attributes.mode & UInt32(S_IFMT) {
    case UInt32(S_IFREG): break
    case UInt32(S_IFLNK): throw Refusal("it is a symbolic link")
    default: throw Refusal("it is no plain file")
    }
    guard attributes.user == 0 || attributes.user == clinux_user_id() else { throw Refusal("it is another user's") }
    guard attributes.mode & 0o022 == 0 else { throw Refusal("others may write it") }
    let bytes: [UInt8]
    do throws(KernelError) { bytes = try SmallFile.read(file, limit: limit) } catch {
      throw Refusal(error.errno == EFBIG ? "it is longer than \(limit) bytes" : SmallFile.reason(error))
    }
    guard !bytes.isEmpty else { throw Refusal("it is empty") }
    return bytes
  }

  /// Replaces a value's file, or removes it where there are no bytes. Blocks until it is on the disk.
  package func save(_ name: String, _ bytes: [UInt8]) throws(KernelError) {
    guard Self.isName(name.utf8) else { throw KernelError("keep a value of that name", errno: EINVAL) }
    guard !bytes.isEmpty else { return SmallFile.remove("\(path)/\(name)") }
    if SmallFile.attributes(path) == nil { try SmallFile.makeDirectory(path, mode: 0o700) }
    try SmallFile.replace("\(path)/\(name)", with: bytes, mode: 0o600)
  }

  private func names() -> [String] {
    final class Names { var all: [String] = [] }
    let names = Names()
    // The object outlives the call, which hands each name over for that moment.
    _ = unsafe path.withCString { path in
      unsafe clinux_list_directory(
        path,
        { context, name in
          guard let context = unsafe context, let name = unsafe name else { return }
          let names = unsafe Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
          if names.all.count < 4096 { names.all.append(unsafe String(cString: name)) }
        }, Unmanaged.passUnretained(names).toOpaque())
    }
    return names.all
  }
}
