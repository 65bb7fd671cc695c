// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import TimeTypes

/// Keeps the estimated frequency in the state directory across restarts: written whole, beside the old one, then renamed. [control]
struct DriftKeeper {
  private let path: String
  /// In the minimal profile the file is written in place: renaming is outside its system calls.
  private let isMinimal: Bool
  private var nextSave: RawInstant?
  private var lastSaved: Frequency?
  private var hasFailed = false

  static let interval = TimeInterval.seconds(3600)

  init(directory: String, isMinimal: Bool) {
    path = directory + "/drift"
    self.isMinimal = isMinimal
  }

  /// What the last run left; nil = nothing that can be believed.
  func load() -> Frequency? {
    guard let bytes = try? SmallFile.read(path, limit: 4096) else { return nil }
    return DriftRecord(text: String(decoding: bytes, as: UTF8.self))?.frequency
  }

  /// Whether an hour passed since the last time.
  mutating func isDue(_ now: RawInstant) -> Bool {
    guard let next = nextSave else {
      nextSave = now + Self.interval
      return false
    }
    return now >= next
  }

  /// Writes it, and says once if that fails.
  mutating func save(_ frequency: Frequency, now: RawInstant, raise: (EventRecord) -> Void) {
    nextSave = now + Self.interval
    guard frequency != lastSaved else { return }
    do {
      let bytes = Array(DriftRecord(frequency: frequency).text.utf8)
      if isMinimal { try SmallFile.overwrite(path, with: bytes) } else { try SmallFile.replace(path, with: bytes) }
      lastSaved = frequency
      hasFailed = false
    } catch {
      if !hasFailed {
        raise(EventRecord(.driftNotSaved, text: "the frequency is not kept for the next start: \(error)"))
      }
      hasFailed = true
    }
  }
}
