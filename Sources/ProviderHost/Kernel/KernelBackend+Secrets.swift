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
      secrets.append(HeldSecret(setting: setting, path: path, bytes: bytes, revision: revision))
      if secrets.count == 1 { armSecretLook() }
      return .opened(bytes)
    } catch {
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
  }

  func closeSecrets() {
    loop.disarm(Token.make(number, Token.secretLook, 0))
    secrets = []
  }

  private func armSecretLook() {
    _ = loop.arm(Token.make(number, Token.secretLook, 0), at: rawNow() + secretInterval)
  }

  /// Tells of files that changed since they were read; each change once for each setting.
  func lookAtSecrets() {
    guard !secrets.isEmpty else { return }
    armSecretLook()
    var changed: [String] = []
    for index in secrets.indices {
      let now = opener.revision(of: secrets[index].path)
      // A file that is away for a moment is about to be replaced.
      guard let now, now != secrets[index].revision else { continue }
      secrets[index].revision = now
      if !changed.contains(secrets[index].setting) { changed.append(secrets[index].setting) }
    }
    for setting in changed { instance?.secretChanged(setting) }
  }

  private static let tooLarge: Int32 = 27
}
