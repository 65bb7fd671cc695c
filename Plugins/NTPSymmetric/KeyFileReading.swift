// SPDX-License-Identifier: Apache-2.0

import Cryptography
import KeyFiles
package import ProviderKit

/// One key file: its keys in use, and the secret that the host watches. Reading it anew keeps the old keys if the new text loses one of them
/// to a broken line; what a new text leaves out is gone.
/// [owner's thread]
package struct KeyFileReading {
  package let file: SymmetricSettings.File
  /// The host tells of changes of a file only while its secret is held.
  private var secret: Secret?
  package private(set) var keys: [RingKey] = []
  /// It was read once.
  package private(set) var wasRead = false
  /// The lines that were broken in the text that the keys are of: how often each number, nil = without any.
  private var broken: [UInt32?: Int] = [:]
  /// Why it could not be read last: told once.
  private var failure: Status?

  package init(_ file: SymmetricSettings.File) { self.file = file }

  /// Reads the file; true = its keys are others now. What people should know goes to `report`, never a secret.
  package mutating func read(
    _ settings: SymmetricSettings, secrets: SecretAccess, report: (Host.LogLevel, String) -> Void
  ) -> Bool {
    switch secrets.get(setting: file.setting) {
    case .failure(let error):
      guard failure != error.status else { return false }
      failure = error.status
      let old = wasRead ? "; \(staying)" : ""
      report(.error, "key file \(file.path) cannot be read: \(Self.words(error.status))\(old)")
      return false
    case .success(let fresh):
      failure = nil
      var parsed = fresh.withBytes { KeyFile.read($0, format: settings.format) }
      for problem in parsed.problems {
        report(problem.losesKey ? .error : .warning, problem.text(file: file.path))
      }
      defer { for index in parsed.keys.indices { parsed.keys[index].secret.wipe() } }
      // Held in any case, so that the next change is told.
      secret = fresh
      let brokenNow = parsed.problems.filter(\.losesKey).reduce(into: [UInt32?: Int]()) { $0[$1.id, default: 0] += 1 }
      if let why = fresh.count == 0 ? "is empty" : loss(parsed, brokenNow), !keys.isEmpty {
        report(.error, "key file \(file.path) \(why): \(staying)")
        return false
      }
      broken = brokenNow
      keys = take(parsed.keys, settings, report)
      wasRead = true
      return true
    }
  }

  private var staying: String {
    keys.count == 1 ? "the key that it had stays in use" : "the \(keys.count) keys that it had stay in use"
  }

  /// What a status of secrets/1 means for a file; the host tells the system's own words.
  private static func words(_ status: Status) -> String {
    switch status {
    case .noMemory: "it is longer than a key file may be, or there is no memory for it"
    case .error, .invalid: "it is no file with text in it"
    case .again: "too many key files are open"
    default: status.text
    }
  }

  /// Which key in use is lost to a line that is broken now and was not before; nil = none is. Which key stood on a line without a number
  /// nobody knows, so a new one of those loses any key that is missing.
  private func loss(_ parsed: KeyFile, _ brokenNow: [UInt32?: Int]) -> String? {
    func isBrokenNow(_ id: UInt32?) -> Bool { brokenNow[id, default: 0] > broken[id, default: 0] }
    let present = Set(parsed.keys.map(\.id))
    // Beyond the limit of problems nobody knows either.
    let isAnyLost = isBrokenNow(nil) || parsed.problems.count > KeyFile.problemLimit
    guard let lost = keys.first(where: { !present.contains($0.id) && (isAnyLost || isBrokenNow($0.id)) }) else {
      return nil
    }
    return isBrokenNow(lost.id) ? "is broken where key \(lost.id) stands" : "is broken, and key \(lost.id) is missing"
  }

  private func take(
    _ found: [SymmetricKey], _ settings: SymmetricSettings, _ report: (Host.LogLevel, String) -> Void
  ) -> [RingKey] {
    var taken: [RingKey] = []
    let lanes = RingKey.lanes(for: found.count { $0.algorithm.keyLength != nil })
    for key in found {
      let place = "\(file.path):\(key.line): key \(key.id)"
      // Kept all the same: a later setting may allow it.
      if !settings.allows(key.algorithm) {
        report(
          .warning,
          "\(place) is of type \(key.algorithm.name), which is weak: it is not used without allow_\(key.algorithm.name) = true"
        )
      }
      guard let key = RingKey(key, lanes: lanes) else {
        report(.error, "\(place) cannot be used: libcrypto refuses it")
        continue
      }
      taken.append(key)
    }
    return taken
  }
}
