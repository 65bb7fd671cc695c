// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Recording
import Report

/// Writes the record of `[record]`: what the engine took, for `simulate --replay`. A record that cannot be written, or that is full,
/// is said and counted, and never stops the clock. [control]
final class RecordKeeper {
  private let path: String
  private let limit: Int64
  private let isMinimal: Bool
  private let recorder: EventRecorder
  private let head: RecordHead
  private var file: RecordFile?
  private var encoder = RecordEncoder()
  private var written: Int64 = 0
  private var events: UInt64 = 0
  private var missing: UInt64 = 0
  private var hasToldOfGap = false
  /// Events that were on their way when the record ended.
  private var late: UInt64 = 0
  /// Why it ended before the daemon.
  private var reason: String?

  /// An entry with the file's end fits behind what is written while that is below the limit less this.
  private static let reserve: Int64 = 512
  /// Written at once when that much waits, else once a second.
  private static let chunk = 32 * 1024

  init(path: String, limit: Int64, isMinimal: Bool, recorder: EventRecorder, head: RecordHead) {
    self.path = path
    self.limit = limit
    self.isMinimal = isMinimal
    self.recorder = recorder
    self.head = head
  }

  /// Opens the file and writes its head.
  func open(raise: (EventRecord) -> Void) {
    do {
      let file = try RecordFile(path, keepsOld: !isMinimal)
      encoder.add(head)
      let bytes = encoder.take()
      try file.write(bytes)
      written = Int64(bytes.count)
      self.file = consume file
      raise(EventRecord(.recordStarted, text: "what the engine is told goes to \(path), at most \(limit) bytes"))
    } catch {
      end("cannot be written: \(error)", raise: raise)
    }
  }

  /// Takes what waits; writes it when it is much, or when it is time.
  func turn(isTime: Bool, raise: (EventRecord) -> Void) {
    while let entry = recorder.next() {
      guard file != nil else {
        if case .event = entry { late &+= 1 }
        continue
      }
      switch entry {
      case .gap(let count): add(gap: count, raise: raise)
      case .event(let event):
        encoder.add(event)
        events &+= 1
      }
      if written + Int64(encoder.bytes.count) > limit - Self.reserve { return reachLimit(raise: raise) }
      if encoder.bytes.count >= Self.chunk { write(raise: raise) }
    }
    if isTime { write(raise: raise) }
  }

  /// The last entries, and the end. Nothing comes after it.
  func close(raise: (EventRecord) -> Void) {
    turn(isTime: false, raise: raise)
    guard file != nil else { return }
    if recorder.missing > 0 { add(gap: recorder.missing, raise: raise) }
    finish(.stopped, raise: raise)
  }

  /// What an operator should know in each status.
  var warnings: [String] {
    var warnings: [String] = []
    if let reason {
      warnings.append("the record \(path) \(reason); \(recorder.refused &+ late) events since are not in it")
    }
    if missing > 0 { warnings.append("\(missing) events are missing in the record \(path): it was written too slowly") }
    return warnings
  }

  private func add(gap count: UInt64, raise: (EventRecord) -> Void) {
    encoder.addGap(of: count)
    missing &+= count
    guard !hasToldOfGap else { return }
    hasToldOfGap = true
    raise(
      EventRecord(
        .recordGap, text: "\(count) events found no room on their way to the record \(path); it has a gap from here on")
    )
  }

  private func reachLimit(raise: (EventRecord) -> Void) {
    finish(.limit, raise: raise)
    guard reason == nil else { return }
    end("ended at its limit of \(limit) bytes, after \(events) events", raise: raise)
  }

  private func finish(_ end: RecordEnd, raise: (EventRecord) -> Void) {
    encoder.addEnd(end)
    write(raise: raise)
    // Outside the minimal profile's system calls, like a rename.
    if !isMinimal { file?.sync() }
    file = nil
  }

  private func write(raise: (EventRecord) -> Void) {
    guard !encoder.bytes.isEmpty else { return }
    let bytes = encoder.take()
    do {
      try file?.write(bytes)
      written += Int64(bytes.count)
    } catch {
      end("could not be written after \(written) bytes: \(error)", raise: raise)
    }
  }

  private func end(_ words: String, raise: (EventRecord) -> Void) {
    reason = words
    file = nil
    recorder.close()
    raise(EventRecord(.recordEnded, text: "the record \(path) \(words); the clock is not affected"))
  }
}
