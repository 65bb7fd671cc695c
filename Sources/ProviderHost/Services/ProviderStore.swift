// SPDX-License-Identifier: Apache-2.0

import CLinux
import CTompionProvider
package import LinuxKernel
import Synchronization

/// The values that a provider keeps (store/1): answered from memory, written to its directory by and by.
///
/// `get` and `put` are for the owner's thread, `load` for [control] before it runs, `flush` for [control] at any time. The lock is held
/// for copies of one value at most, never for a file. Without a directory (the minimal profile, a child, a simulation) they last
/// as long as the process.
package final class ProviderStore: Sendable {
  package static let countLimit = Int(TOMPION_STORE_COUNT_LIMIT)
  package static let valueLimit = Int(TOMPION_STORE_VALUE_LIMIT)
  package static let totalLimit = Int(TOMPION_STORE_TOTAL_LIMIT)

  /// One value; forgotten ones keep their place until that is on the disk.
  private struct Entry {
    var name: String
    var bytes: [UInt8]
    var isSecret: Bool
    var isDirty: Bool
  }

  private let entries = Mutex<[Entry]>([])
  private let directory: StoreDirectory?

  package init(directory: StoreDirectory? = nil) { self.directory = directory }

  /// Takes what is on the disk; the answer is what was passed over, for people; nil = nothing was. [control, before init]
  @discardableResult
  package func load() -> String? {
    guard let directory else { return nil }
    var found = directory.load(count: Self.countLimit, limit: Self.valueLimit)
    entries.withLock { entries in
      var total = 0
      for (name, bytes) in found.values {
        guard total + bytes.count <= Self.totalLimit else {
          found.passedOver.append((name, "all values are longer than \(Self.totalLimit) bytes"))
          continue
        }
        total += bytes.count
        // Nobody said what it is: it is wiped to be on the safe side.
        entries.append(Entry(name: name, bytes: bytes, isSecret: true, isDirty: false))
      }
    }
    guard !found.passedOver.isEmpty else { return nil }
    var list = found.passedOver.prefix(Self.namedLimit).map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
    let more = found.passedOver.count - Self.namedLimit
    if more > 0 { list += " and \(more) more" }
    return "of what was kept in \(directory.path), this is not used: \(list)"
  }

  /// So many are named where many are passed over.
  private static let namedLimit = 4

  /// Copies as much of a value as fits; its whole length, 0 = there is none.
  func get(_ name: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    entries.withLock { entries in
      for index in entries.indices where unsafe Self.isName(name, entries[index].name) {
        let count = entries[index].bytes.count
        // Sound: the caller's buffer, of which no more is written than there is.
        unsafe buffer.copyBytes(from: entries[index].bytes.prefix(buffer.count))
        return count
      }
      return 0
    }
  }

  /// Remembers a value; none = forgets it.
  func put(_ name: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeRawBufferPointer, isSecret: Bool) -> tompion_status {
    guard unsafe StoreDirectory.isName(name), bytes.count <= Self.valueLimit else { return TOMPION_INVALID }
    hasChanges.store(true, ordering: .releasing)
    return entries.withLock { entries in
      let place = entries.indices.first { unsafe Self.isName(name, entries[$0].name) }
      let others = entries.indices.reduce(0) { $0 + ($1 == place ? 0 : entries[$1].bytes.count) }
      guard others + bytes.count <= Self.totalLimit else { return TOMPION_NO_MEMORY }
      guard let place else {
        guard bytes.count > 0 else { return TOMPION_OK }
        guard entries.count < Self.countLimit else { return TOMPION_NO_MEMORY }
        // Sound: the caller's bytes, borrowed for the call, here and below.
        let text = unsafe String(decoding: name, as: UTF8.self)
        entries.append(Entry(name: text, bytes: unsafe Array(bytes), isSecret: isSecret, isDirty: true))
        return TOMPION_OK
      }
      guard unsafe !entries[place].bytes.elementsEqual(bytes) else { return TOMPION_OK }
      if entries[place].isSecret { Self.wipe(&entries[place].bytes) }
      // In place where it fits: nothing is allocated for a value that stays as long as it was.
      entries[place].bytes.removeAll(keepingCapacity: true)
      unsafe entries[place].bytes.append(contentsOf: bytes)
      entries[place].isSecret = isSecret
      entries[place].isDirty = true
      return TOMPION_OK
    }
  }

  /// Everything there is, for a child that begins. [control]
  var values: [(name: String, bytes: [UInt8], isSecret: Bool)] {
    entries.withLock { $0.filter { !$0.bytes.isEmpty }.map { ($0.name, $0.bytes, $0.isSecret) } }
  }

  /// What another process put or keeps. [control]; in a child its own thread
  func put(_ name: String, _ bytes: [UInt8], isSecret: Bool) -> tompion_status {
    // Sound: both are borrowed for the call.
    unsafe Array(name.utf8).withUnsafeBufferPointer { name in
      unsafe bytes.withUnsafeBytes { unsafe put(name, $0, isSecret: isSecret) }
    }
  }

  /// In a child: what changed since the last time is told.
  func takeChanges() -> [(name: String, bytes: [UInt8], isSecret: Bool)] {
    guard hasChanges.exchange(false, ordering: .acquiringAndReleasing) else { return [] }
    return entries.withLock { entries in
      var changed: [(name: String, bytes: [UInt8], isSecret: Bool)] = []
      for index in entries.indices where entries[index].isDirty {
        entries[index].isDirty = false
        changed.append((entries[index].name, entries[index].bytes.map { $0 }, entries[index].isSecret))
      }
      entries.removeAll { $0.bytes.isEmpty }
      return changed
    }
  }

  private let hasChanges = Atomic<Bool>(false)

  /// Whether there is something to write.
  package var isDirty: Bool { directory != nil && entries.withLock { $0.contains { $0.isDirty } } }

  /// Brings what changed to the disk; may block for as long as that takes. What could not be written stays to be written.
  /// - Throws: the first thing that went wrong. [control]
  package func flush() throws(KernelError) {
    guard let directory else { return }
    var failure: KernelError?
    for _ in 0..<Self.countLimit {
      let next: (name: String, bytes: [UInt8], isSecret: Bool)? = entries.withLock { entries in
        guard let place = entries.firstIndex(where: { $0.isDirty }) else { return nil }
        entries[place].isDirty = false
        // Copied to the last byte: the other thread writes into its own in place.
        return (entries[place].name, entries[place].bytes.map { $0 }, entries[place].isSecret)
      }
      guard var next else { break }
      do throws(KernelError) {
        try directory.save(next.name, next.bytes)
        if next.bytes.isEmpty { remove(next.name) }
      } catch {
        if failure == nil { failure = error }
        failed.withLock { $0.append(next.name) }
      }
      if next.isSecret { Self.wipe(&next.bytes) }
    }
    let again = failed.withLock { names in
      defer { names = [] }
      return names
    }
    entries.withLock { entries in
      for index in entries.indices where again.contains(entries[index].name) { entries[index].isDirty = true }
    }
    if let failure { throw failure }
  }

  private let failed = Mutex<[String]>([])

  /// A forgotten value's place is free once its file is gone, unless it is back.
  private func remove(_ name: String) {
    entries.withLock { entries in
      entries.removeAll { $0.name == name && $0.bytes.isEmpty && !$0.isDirty }
    }
  }

  private static func isName(_ name: UnsafeBufferPointer<UInt8>, _ text: String) -> Bool {
    // Sound: the caller's name, borrowed for the call.
    unsafe text.utf8.elementsEqual(name)
  }

  private static func wipe(_ bytes: inout [UInt8]) {
    // Sound: the array's own memory, as long as it says.
    unsafe bytes.withUnsafeMutableBytes { buffer in
      if let start = buffer.baseAddress { unsafe clinux_wipe(start, UInt64(buffer.count)) }
    }
  }
}
