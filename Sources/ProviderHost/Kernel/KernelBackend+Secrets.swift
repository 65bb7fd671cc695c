// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import LinuxKernel
import TimeTypes

/// A secret's bytes, as they are held for a provider.
package typealias HeldBytes = LockedBytes

/// How reading a secret ended.
package enum SecretOpening {
  case opened(LockedBytes)
  /// TOMPION_NOT_FOUND, TOMPION_PERMISSION, TOMPION_NO_MEMORY, TOMPION_AGAIN or TOMPION_ERROR, and what to say to people.
  case failed(tompion_status, String)
}

/// A secret that a provider holds.
struct HeldSecret {
  var setting: String
  var path: String
  var bytes: LockedBytes
  /// nil = the file cannot be looked at from here.
  var revision: SecretFile.Revision?
  /// How many looks in a row it was not there. One is nothing: a file that is away for a moment is about to be replaced.
  var misses = 0

  static let missesToTell = 2
  var isAway: Bool { misses >= Self.missesToTell }
}

/// Keys in files that the settings name (secrets/1). The owner's thread.
extension KernelBackend {
  static let secretLimit = 16
  static let longestSecret = 1 << 20

  package func openSecret(_ setting: String, path: String, isPublic: Bool) -> SecretOpening {
    guard loop.profile == .full else { return .failed(TOMPION_UNSUPPORTED, "") }
    guard secrets.count < Self.secretLimit else { return .failed(TOMPION_AGAIN, "") }
    do throws(KernelError) {
      // Before it is read: a change in between is told once too often, not once too seldom.
      let revision = opener.revision(of: path)
      let opened = try opener.open(.secret(path: path, isPublic: isPublic))
      let bytes = try LockedBytes(reading: opened.descriptor, limit: Self.longestSecret)
      if !bytes.isLocked, secrets.isEmpty {
        instance?.log(
          .warning, "keys may be swapped out: the limit of locked memory is too low (systemd: LimitMEMLOCK=)")
      }
      unreadSecrets.removeAll { $0 == setting }
      secrets.append(HeldSecret(setting: setting, path: path, bytes: bytes, revision: revision))
      if secrets.count == 1 { armSecretLook() }
      return .opened(bytes)
    } catch {
      if !unreadSecrets.contains(setting), unreadSecrets.count < Self.secretLimit { unreadSecrets.append(setting) }
      let status: tompion_status =
        error.errno == Self.tooLarge ? TOMPION_NO_MEMORY : tompion_status(errno: error.errno)
      let text =
        status == TOMPION_NO_MEMORY
        ? "\(path) is longer than a key file may be (1 MiB)"
        : SecretFile.complaint(path, isPublic: isPublic, error)
      return .failed(status, "\(setting): \(text)")
    }
  }

  package func closeSecret(_ address: UInt) {
    secrets.removeAll { $0.bytes.address == address }
    showAbsent()
  }

  func closeSecrets() {
    loop.disarm(Token.make(number, Token.secretLook, 0))
    secrets = []
    unreadSecrets = []
    showAbsent()
  }

  private func armSecretLook() {
    _ = loop.arm(Token.make(number, Token.secretLook, 0), at: rawNow() + secretInterval)
  }

  package func rereadSecrets() {
    // What cannot be read now was just tried, and is said once.
    let unread = unreadSecrets
    let tried = lookAtSecrets()
    for setting in unread where !tried.contains(setting) { instance?.secretChanged(setting) }
  }

  /// Tells of files that changed since they were read, each change once for each setting, and of files that went and came back; the settings
  /// of those that the provider was told to read anew.
  @discardableResult
  func lookAtSecrets() -> [String] {
    guard !secrets.isEmpty else { return [] }
    armSecretLook()
    var changed: [String] = []
    for index in secrets.indices {
      let place = "\(secrets[index].setting): the file \(secrets[index].path)"
      guard let now = opener.revision(of: secrets[index].path) else {
        secrets[index].misses += 1
        if secrets[index].misses == HeldSecret.missesToTell {
          instance?.log(.warning, "\(place) is gone: what was read from it stays in use until this daemon ends")
        }
        continue
      }
      let wasAway = secrets[index].isAway
      secrets[index].misses = 0
      if wasAway { instance?.log(.notice, "\(place) is there again, and is read") }
      guard wasAway || now != secrets[index].revision else { continue }
      secrets[index].revision = now
      if !changed.contains(secrets[index].setting) { changed.append(secrets[index].setting) }
    }
    showAbsent()
    for setting in changed { instance?.secretChanged(setting) }
    return changed
  }

  /// For the provider's status.
  private func showAbsent() {
    let absent = secrets.filter(\.isAway).map(\.path)
    instance?.outbox.absentFiles.withLock { if $0 != absent { $0 = absent } }
  }

  private static let tooLarge: Int32 = 27
}
