// SPDX-License-Identifier: Apache-2.0

import ProviderKit

/// The keys that the settings name, read through the host, and read again when a file changes. [control or capture]
///
/// The host's locked copies are held as long as the provider runs, because the host watches the files of held secrets alone; what is made
/// of them is the ready keys, never the hashes.
final class KeyStore {
  /// This host's own account; nil = none was configured.
  private(set) var own: AccountKeys?
  /// By RID: those of `hash_file`.
  private(set) var holders: [UInt32: AccountKeys] = [:]
  private var secrets: [MSSNTPSettings.KeySource: Secret] = [:]
  private let host: Host

  init(host: Host) { self.host = host }

  /// Why a file cannot be used.
  struct Fault: Error {
    var setting: Setting
    var text: String
  }

  func clear() {
    own = nil
    holders = [:]
    secrets = [:]
  }

  /// Reads whatever the settings name. What was there before stays if anything is wrong.
  func load(_ settings: MSSNTPSettings) throws(Fault) {
    var read: [MSSNTPSettings.KeySource: Secret] = [:]
    var listed: [KeyHolder] = []
    var mine: KeyHolder?
    defer {
      // What is kept is the ready keys.
      for index in listed.indices {
        listed[index].current.wipe()
        listed[index].previous?.wipe()
      }
      mine?.current.wipe()
      mine?.previous?.wipe()
    }
    for source in MSSNTPSettings.KeySource.allCases {
      guard let setting = settings.files[source] else { continue }
      let secret = try bytes(setting)
      read[source] = secret
      switch source {
      case .hashFile: listed = try list(secret, setting)
      case .keytab: mine = try taken(secret.withBytes { KeyTab.holder($0, account: settings.account) }, setting)
      case .secretsDatabase where settings.ownKeySource == .secretsDatabase:
        mine = try taken(secret.withBytes { SambaSecrets.holder($0, workgroup: settings.workgroup) }, setting)
      case .secretsDatabase: break
      }
    }
    if mine != nil {
      mine?.rid = settings.rid
      if mine?.account.isEmpty == true { mine?.account = settings.account }
    } else if let setting = settings.files[.hashFile] {
      mine = try ownLine(listed, settings, setting)
    }
    var table: [UInt32: AccountKeys] = [:]
    for holder in listed { table[holder.rid] = AccountKeys(holder) }
    own = mine.flatMap { AccountKeys($0) }
    holders = table
    secrets = read
  }

  /// The account of that name in `hash_file`.
  func holder(named name: String) -> AccountKeys? { holders.values.first { KeyHolder.isSame($0.account, name) } }

  private func bytes(_ setting: Setting) throws(Fault) -> Secret {
    switch host.secrets.get(setting: setting.path) {
    case .success(let secret): return secret
    case .failure(let error):
      throw Fault(
        setting: setting,
        text:
          "a file of root's or the daemon's user's that nobody else may read, of 1 MiB at most (\(error.status.text))")
    }
  }

  private func taken(_ result: Result<KeyHolder, SecretProblem>, _ setting: Setting) throws(Fault) -> KeyHolder {
    switch result {
    case .failure(let problem):
      throw Fault(setting: setting, text: "a file that can be used; \(setting.string ?? ""): \(problem)")
    case .success(let holder):
      guard !holder.current.isOfNothing else {
        throw Fault(setting: setting, text: "a file with a key; \(setting.string ?? ""): the password is empty")
      }
      return holder
    }
  }

  /// More lines than these are counted.
  private static let toldProblems = 10

  private func list(_ secret: Secret, _ setting: Setting) throws(Fault) -> [KeyHolder] {
    let (holders, problems) = secret.withBytes { HashFile.read($0) }
    let path = setting.string ?? ""
    for problem in problems.prefix(Self.toldProblems) {
      host.log(.warning, "\(path), \(problem); the line is not used")
    }
    if problems.count > Self.toldProblems {
      host.log(.warning, "\(path): \(problems.count - Self.toldProblems) more lines are not used")
    }
    guard !holders.isEmpty else {
      throw Fault(
        setting: setting,
        text: "a file with at least one line `ACCOUNT$ RID machine|trust HASH [PREVIOUS]`; \(path): "
          + (problems.first?.description ?? "it has none"))
    }
    return holders
  }

  /// This host's own account in the list: by name, by RID, or none if neither is said.
  private func ownLine(_ listed: [KeyHolder], _ settings: MSSNTPSettings, _ setting: Setting) throws(Fault)
    -> KeyHolder?
  {
    guard !settings.account.isEmpty || settings.rid != 0 else { return nil }
    let found = listed.first { holder in
      (settings.account.isEmpty || KeyHolder.isSame(holder.account, settings.account))
        && (settings.rid == 0 || holder.rid == settings.rid)
    }
    guard let found else {
      let wanted = [settings.account, settings.rid == 0 ? "" : "RID \(settings.rid)"].filter { !$0.isEmpty }
      throw Fault(
        setting: setting, text: "a file with a line for \(wanted.joined(separator: ", ")), this host's account")
    }
    return found
  }
}
