// SPDX-License-Identifier: Apache-2.0

import KeyFiles
package import ProviderKit

/// One key file: its keys in use, and the secret that the host watches. Reading it anew keeps the old keys unless the new file is whole.
/// [owner's thread]
package struct KeyFileReading {
  package let file: SymmetricSettings.File
  /// The host tells of changes of a file only while its secret is held.
  private var secret: Secret?
  package private(set) var keys: [RingKey] = []
  /// It was read once.
  package private(set) var wasRead = false
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
      let old = wasRead ? "; the \(keys.count) keys that it had stay in use" : ""
      report(.error, "key file \(file.path) cannot be read: \(error.status.text)\(old)")
      return false
    case .success(let fresh):
      failure = nil
      var parsed = fresh.withBytes { KeyFile.read($0, format: settings.format) }
      for problem in parsed.problems {
        report(problem.losesKey ? .error : .warning, problem.text(file: file.path))
      }
      defer { for index in parsed.keys.indices { parsed.keys[index].wipe() } }
      // Held in any case, so that the next change is told.
      secret = fresh
      if wasRead, parsed.problems.contains(where: \.losesKey) || parsed.keys.isEmpty && !keys.isEmpty {
        let why = parsed.keys.isEmpty ? "has no key" : "is broken"
        report(.error, "key file \(file.path) \(why): the \(keys.count) keys that it had stay in use")
        return false
      }
      keys = take(parsed.keys, settings, report)
      wasRead = true
      return true
    }
  }

  private func take(
    _ found: [SymmetricKey], _ settings: SymmetricSettings, _ report: (Host.LogLevel, String) -> Void
  ) -> [RingKey] {
    var taken: [RingKey] = []
    for key in found {
      let place = "\(file.path):\(key.line): key \(key.id)"
      // Kept all the same: a later setting may allow it.
      if !settings.allows(key.algorithm) {
        report(
          .warning,
          "\(place) is of type \(key.algorithm.name), which is weak: it is not used without allow_\(key.algorithm.name) = true"
        )
      }
      guard let key = RingKey(key) else {
        report(.error, "\(place) cannot be used: libcrypto refuses it")
        continue
      }
      taken.append(key)
    }
    return taken
  }
}
