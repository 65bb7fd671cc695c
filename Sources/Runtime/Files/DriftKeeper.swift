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
  /// After a failure: whoever mends it need not wait an hour to see it work.
  static let retry = TimeInterval.seconds(60)

  init(directory: String, isMinimal: Bool) {
    path = directory + "/drift"
    self.isMinimal = isMinimal
  }

  /// What the last run left, and what to say of it; nothing to say = there is no file.
  func load() -> (frequency: Frequency?, news: EventRecord?) {
    let reason: String
    do {
      let bytes = try SmallFile.read(path, limit: 4096)
      if let frequency = DriftRecord(text: String(decoding: bytes, as: UTF8.self))?.frequency {
        let text = "the last run's frequency, \(Quantity.frequency(frequency)), was read from \(path)"
        return (frequency, EventRecord(.driftLoaded, text: text))
      }
      reason = "it holds no frequency that can be believed"
    } catch {
      // A file where the directory should be is the state directory's trouble.
      if error.errno == KernelError.notFound || error.errno == KernelError.notDirectory { return (nil, nil) }
      reason = KernelError.text(of: error.errno)
    }
    let text = "the drift file \(path) is ignored, the frequency is learnt anew: \(reason)"
    return (nil, EventRecord(.driftIgnored, text: text))
  }

  /// Whether an hour passed since the last time, or a minute where that failed.
  mutating func isDue(_ now: RawInstant) -> Bool {
    guard let next = nextSave else {
      nextSave = now + Self.interval
      return false
    }
    return now >= next
  }

  /// Writes it, and says once if that fails, and once when it works again.
  mutating func save(_ frequency: Frequency, now: RawInstant, raise: (EventRecord) -> Void) {
    nextSave = now + Self.interval
    guard frequency != lastSaved else { return }
    do {
      let bytes = Array(DriftRecord(frequency: frequency).text.utf8)
      if isMinimal { try SmallFile.overwrite(path, with: bytes) } else { try SmallFile.replace(path, with: bytes) }
      lastSaved = frequency
      if hasFailed {
        raise(EventRecord(.stateKept, text: "the frequency is kept for the next start again, in \(path)"))
      }
      hasFailed = false
    } catch {
      if !hasFailed {
        raise(EventRecord(.driftNotSaved, text: "the frequency is not kept for the next start: \(error)"))
      }
      hasFailed = true
      nextSave = now + Self.retry
    }
  }
}
