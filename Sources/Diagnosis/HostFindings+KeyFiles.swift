// SPDX-License-Identifier: Apache-2.0

extension HostFindings {
  /// Owner and mode of a file.
  package struct FileRights: Equatable, Sendable {
    /// The lower nine bits count.
    package var mode: UInt32
    package var user: UInt32

    package init(mode: UInt32, user: UInt32) { (self.mode, self.user) = (mode, user) }
  }

  /// A key file, by the rules that tompiond has for it (secrets/1). `rights` nil = it is not there, or not for this user to look at.
  /// - Parameter daemonUser: whose process tompiond is, or is to be; nil = not known.
  package static func keyFile(_ path: String, _ rights: FileRights?, daemonUser: UInt32?) -> DiagnosisStep {
    guard let rights else {
      return DiagnosisStep(
        .keyFile, path, .failed, "there is no such file, or this user may not look at it", faults: ["key-file-missing"],
        cause: "A wrong path in key_files, a file that was moved away, or a folder that this user may not enter.")
    }
    let shown = "mode 0\(String(rights.mode & 0o777, radix: 8)), user \(rights.user)"
    var faults: [String] = []
    var causes: [String] = []
    if rights.mode & 0o026 != 0 {
      faults.append("key-file-mode")
      causes.append("Others may read or write it, so tompiond does not use it: chmod 600 \(path).")
    }
    if rights.user != 0, let daemonUser, rights.user != daemonUser {
      faults.append("key-file-owner")
      causes.append(
        "tompiond runs as user \(daemonUser) and uses files of its own or of root's alone: chown \(daemonUser) \(path)."
      )
    }
    guard faults.isEmpty else {
      return DiagnosisStep(
        .keyFile, path, .failed, "tompiond refuses it: \(shown)", faults: faults, cause: causes.joined(separator: "\n"))
    }
    if rights.user == 0, let daemonUser, daemonUser != 0, rights.mode & 0o040 == 0 {
      return DiagnosisStep(
        .keyFile, path, .failed, "tompiond, user \(daemonUser), cannot read it again: \(shown)",
        faults: ["key-file-owner"], cause: "chown \(daemonUser) \(path), or chmod 640 and a group that tompiond is in.")
    }
    return DiagnosisStep(.keyFile, path, .ok, shown)
  }
}
