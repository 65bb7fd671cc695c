// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What /proc tells of the processes this one can see. A test points it at a tree of its own. [control]
package struct ProcessTable: Sendable {
  package let root: String

  package init(root: String = "/proc") { self.root = root }

  package var ownPID: Int32 { clinux_process_id() }

  /// The pids, ascending.
  package func pids() -> [Int32] {
    names(in: root).compactMap { Int32($0) }.filter { $0 > 0 }.sorted()
  }

  /// The process's name as ps shows it (15 bytes at most); nil = it is gone.
  package func name(_ pid: Int32) -> String? {
    guard let bytes = try? SmallFile.readPseudo("\(root)/\(pid)/comm", limit: 256) else { return nil }
    return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
  }

  /// The file it runs; nil = not ours to know.
  package func executable(_ pid: Int32) -> String? {
    guard let target = link("\(root)/\(pid)/exe") else { return nil }
    // A replaced binary is shown with this tail.
    let tail = " (deleted)"
    return target.hasSuffix(tail) ? String(target.dropLast(tail.count)) : target
  }

  /// The arguments it was started with, the program first.
  package func arguments(_ pid: Int32) -> [String] {
    guard let bytes = try? SmallFile.readPseudo("\(root)/\(pid)/cmdline", limit: 65536) else { return [] }
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Where its relative paths begin; nil = not ours to know.
  package func workingDirectory(_ pid: Int32) -> String? { link("\(root)/\(pid)/cwd") }

  /// The user whose rights it has (the effective one of proc(5)'s Uid); nil = it is gone, or not ours to know.
  package func user(_ pid: Int32) -> UInt32? {
    guard let bytes = try? SmallFile.readPseudo("\(root)/\(pid)/status", limit: 65536) else { return nil }
    for line in bytes.split(separator: 0x0a) where line.starts(with: "Uid:".utf8) {
      let words = line.dropFirst(4).split { $0 == 0x20 || $0 == 0x09 }
      return words.count > 1 ? UInt32(String(decoding: words[1], as: UTF8.self)) : nil
    }
    return nil
  }

  /// Whether a capability is in force for it (CapEff of proc(5)); nil = it is gone, or not ours to know.
  package func holds(_ capability: Capability, _ pid: Int32) -> Bool? {
    guard let bytes = try? SmallFile.readPseudo("\(root)/\(pid)/status", limit: 65536) else { return nil }
    for line in bytes.split(separator: 0x0a) where line.starts(with: "CapEff:".utf8) {
      let digits = String(decoding: line.dropFirst(7), as: UTF8.self).filter { $0 != "\t" && $0 != " " }
      return UInt64(digits, radix: 16).map { $0 >> UInt64(capability.rawValue) & 1 == 1 }
    }
    return nil
  }

  /// How many threads it has; 0 = it is gone, or not ours to know.
  package func threads(of pid: Int32) -> Int {
    guard let bytes = try? SmallFile.readPseudo("\(root)/\(pid)/stat", limit: 4096) else { return 0 }
    // The name in parentheses may hold anything: the fields begin behind the last one (proc(5): num_threads is the 20th, the 18th of these).
    guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return 0 }
    let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
    return fields.count > 17 ? Int(String(decoding: fields[17], as: UTF8.self)) ?? 0 : 0
  }

  /// What its descriptors point to; empty = not ours to know.
  package func descriptorTargets(_ pid: Int32) -> [String] {
    names(in: "\(root)/\(pid)/fd").compactMap { link("\(root)/\(pid)/fd/\($0)") }
  }

  /// What a symbolic link says; nil = it is none, or not ours to read.
  func link(_ path: String) -> String? {
    var length: Int32 = -1
    // The fence writes at most `capacity` bytes and ends them with a zero.
    let text = unsafe FixedText.read(capacity: 4096) { start, capacity in
      length = unsafe path.withCString { unsafe clinux_read_link($0, start, capacity) }
    }
    return length >= 0 ? text : nil
  }

  private func names(in directory: String) -> [String] { (try? Folder.names(directory)) ?? [] }
}
