// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import KeyFiles
import ProviderKit
import Synchronization
import TimeTypes

/// Symmetric keys as an authenticator: keys from files, packets to `SymmetricScheme`, and what operators see of it.
///
/// `protect` and `unprotect` run on every worker at once: they read the ring and the association's key by atomics. Everything else is the
/// owner's thread's; control hands new settings over.
final class NTPSymmetricProvider: Authenticator {
  private static let settingsTimer: UInt16 = 0
  private static let timer: UInt16 = 1
  private static let missingTimer: UInt16 = 2
  /// So often the use of keys is looked at, and files that could not be read are tried again.
  private static let interval = TimeInterval.seconds(60)

  private var settings = SymmetricSettings()
  /// Checked by control, not yet in force.
  private let nextSettings = Mutex<SymmetricSettings?>(nil)
  private var files: [KeyFileReading] = []
  private let ring = CurrentRing()
  private let associations = AssociationTable()
  /// Opened without their key, whose callers do not know the reason yet.
  private var isToHearWhy: Set<UInt32> = []
  /// What each client's association was told of its key last.
  private var told: [UInt32: KeyState] = [:]
  /// Keys in use whose time is over, and that was said.
  private var expiredKeys: Set<UInt32> = []
  private var isStarted = false
  private var use = KeyUse()
  private var queriedTotal: UInt64 = 0

  // MARK: control

  override func initialize() -> Status {
    guard host.secrets.isAvailable else {
      host.log(.error, "needs a host with secrets")
      return .unsupported
    }
    if let stored = host.store.get(KeyUse.name) { use = KeyUse(reading: stored) }
    let status = readSettings()
    if status == .ok { useSettings() }
    return status
  }

  private func readSettings() -> Status {
    var refusals: [SettingComplaint] = []
    let read = SymmetricSettings(host.settings.all(), refusals: &refusals)
    guard refusals.isEmpty else {
      host.settings.refuse(refusals)
      return .invalid
    }
    nextSettings.withLock { $0 = read }
    return .ok
  }

  override func start() -> Status {
    // What was set while it stood still; associations hear of it when it runs.
    host.timers.arm(Self.settingsTimer, at: host.nowRaw)
    isStarted = true
    armTimer()
    return .ok
  }

  override func stop() {
    isStarted = false
    host.timers.disarm(Self.timer)
    host.timers.disarm(Self.settingsTimer)
    host.timers.disarm(Self.missingTimer)
    noteUse()
    storeUse()
    ring.forgetReplaced()
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .updateConfig:
      let status = readSettings()
      // Files are read on the owner's thread.
      if status == .ok { host.timers.arm(Self.settingsTimer, at: host.nowRaw) }
      return status
    case .query: logCounters()
    // The time of a key may be over now, or not any more.
    case .timeJumped: host.timers.arm(Self.timer, at: host.nowRaw)
    case .networkChanged, .shutdown: break
    default: return .unsupported
    }
    return .ok
  }

  // MARK: the owner's thread

  private func useSettings() {
    guard
      let next = nextSettings.withLock({ next in
        defer { next = nil }
        return next
      })
    else { return }
    settings = next
    if settings.files.isEmpty { host.log(.warning, "there are no keys: name files in key_files") }
    // A file keeps its keys while its settings name it.
    files = settings.files.map { file in files.first { $0.file == file } ?? KeyFileReading(file) }
    read { _ in true }
    makeRing()
  }

  /// Reads those files; true = some of them have other keys now.
  @discardableResult
  private func read(_ isWanted: (KeyFileReading) -> Bool) -> Bool {
    var isChanged = false
    for index in files.indices where isWanted(files[index]) {
      if files[index].read(settings, secrets: host.secrets, report: { host.log($0, $1) }) { isChanged = true }
    }
    return isChanged
  }

  private func makeRing() {
    for clash in KeyClash.all(in: files, settings) { host.log(.warning, clash.text) }
    // Of the ring before: what is not told yet must not get lost with it.
    noteUse()
    ring.replace(
      by: KeyRing(files.flatMap(\.keys).filter { settings.allows($0.algorithm) }, shortDigests: settings.shortDigests))
    if files.allSatisfy(\.wasRead) { use.keep(Set(ring.last.keys.map(\.id))) }
    let keys = ring.last.keys.count
    host.log(
      .notice,
      "\(keys) \(keys == 1 ? "key" : "keys") of \(files.count) \(files.count == 1 ? "file" : "files") in use")
    // One of the new keys may end before the minute does.
    if isStarted { armTimer() }
    lookAtExpiry()
  }

  /// Says which keys' time is over since the last look, and tells clients whose key came, went or ended. Callers may ask for packets to be
  /// protected meanwhile.
  private func lookAtExpiry() {
    let now = Self.seconds(host)
    let over = ring.last.expired(at: now)
    for key in over where !expiredKeys.contains(key.id) {
      host.log(
        .warning,
        "key \(key.id)\(place(of: key.id)): \(ExpiryDate.over(key.expiry)): nothing is signed with it or believed by it"
      )
    }
    expiredKeys = Set(over.map(\.id))
    for (association, id) in associations.clients {
      let state = ring.last.state(of: id, at: now)
      guard let before = told.updateValue(state, forKey: association), before != state else { continue }
      host.authenticator.ready(association, state == .usable ? .ok : .notFound, reason: state.reason(key: id))
    }
  }

  /// Where a key stands, for people: " (/etc/tompion/keys:3)".
  private func place(of id: UInt32) -> String {
    for file in files {
      if let key = file.keys.first(where: { $0.id == id }) { return " (\(file.file.path):\(key.line))" }
    }
    return ""
  }

  /// The caller hears the reason when it is not inside of `openAssociation` any more.
  private func tellMissing() {
    while let association = isToHearWhy.popFirst() {
      guard let id = associations.key(association) else { continue }
      let state = ring.last.state(of: id, at: Self.seconds(host))
      guard state != .usable else { continue }
      told[association] = state
      host.authenticator.ready(association, .notFound, reason: state.reason(key: id))
    }
  }

  override func secretChanged(setting: String) { if read({ $0.file.setting == setting }) { makeRing() } }

  override func expired(timer: UInt16, now: RawInstant) {
    switch timer {
    case Self.timer: break
    case Self.missingTimer: return tellMissing()
    default: return useSettings()
    }
    armTimer()
    ring.forgetReplaced()
    if read({ !$0.wasRead }) { makeRing() }
    noteUse()
    storeUse()
    // Last: whoever is told may ask at once.
    lookAtExpiry()
  }

  /// For the next minute, or for the moment at which a key's time is over.
  private func armTimer() {
    var pause = Self.interval
    if let now = host.now()?.time.nanoseconds, let next = ring.last.nextExpiry(after: now / 1_000_000_000),
      next - now / 1_000_000_000 <= 60
    {
      pause = min(pause, TimeInterval(nanoseconds: next * 1_000_000_000 - now))
    }
    host.timers.arm(Self.timer, at: host.nowRaw + pause)
  }

  private func noteUse() {
    guard let now = host.now().map({ $0.time.nanoseconds / 1_000_000_000 }) else { return }
    for key in ring.last.keys where key.takeUsed() { use.used(key.id, at: now) }
  }

  private func storeUse() {
    guard use.isFresh, host.store.isAvailable else { return }
    host.store.put(KeyUse.name, use.takeText().span)
  }

  override func openAssociation(_ association: UInt32, _ use: AuthenticationAccess.Use, key: String) -> Status {
    switch use {
    case .server: return associations.open(association, key: 0) ? .ok : .noMemory
    case .client(let server, _):
      guard let id = UInt32(key), id > 0 else {
        host.log(.error, "\(server): auth = \"key:…\" takes the number of a key, 1 to \(UInt32.max)")
        return .invalid
      }
      guard associations.open(association, key: id) else { return .noMemory }
      let state = ring.last.state(of: id, at: Self.seconds(host))
      told[association] = state
      if state == .usable { return .ok }
      // A later text of the files may have it: `lookAtExpiry`.
      host.log(
        .warning, "\(server): auth = \"key:\(id)\": \(state.reason(key: id)); it is used as soon as a key file has it")
      isToHearWhy.insert(association)
      host.timers.arm(Self.missingTimer, at: host.nowRaw)
      return .again
    }
  }

  override func closeAssociation(_ association: UInt32) {
    associations.close(association)
    isToHearWhy.remove(association)
    told[association] = nil
  }

  // MARK: capture, on any thread

  override func growth(_ association: UInt32) -> Int {
    associations.key(association) == nil ? 0 : SymmetricScheme.longestMAC
  }

  override func protect(_ association: UInt32, _ packets: inout ProtectionBatch) {
    guard let key = associations.key(association) else { return }
    let host = host
    ring.decide { ring, counts in
      packets.decideEach { bytes, packet in
        counts.add(
          key == 0
            ? SymmetricScheme.protectReply(ring, now: { Self.seconds(host) }, &bytes, &packet)
            : SymmetricScheme.protectRequest(key: key, ring, now: { Self.seconds(host) }, &bytes, &packet))
      }
    }
  }

  override func unprotect(_ association: UInt32, _ packets: inout ProtectionBatch) {
    guard let key = associations.key(association) else { return }
    let host = host
    ring.decide { ring, counts in
      packets.decideEach { bytes, packet in
        counts.add(
          key == 0
            ? SymmetricScheme.unprotectRequest(ring, now: { Self.seconds(host) }, &bytes, &packet)
            : SymmetricScheme.unprotectReply(key: key, ring, now: { Self.seconds(host) }, &bytes, &packet))
      }
    }
  }

  /// Seconds since 1970 (UTC), by the system clock. Where it cannot be read every key that ends has ended.
  private static func seconds(_ host: Host) -> Int64 { host.now().map { $0.time.nanoseconds / 1_000_000_000 } ?? .max }

  // MARK: what operators see

  /// One line of counters, if anything happened since the last query.
  private func logCounters() {
    let counts = Outcome.allCases.map { (outcome: $0, count: ring[$0]) }.filter { $0.count > 0 }
    let total = counts.reduce(0) { $0 &+ $1.count }
    guard total != queriedTotal else { return }
    queriedTotal = total
    host.log(.notice, counts.map { "\($0.count) \($0.outcome.text)" }.joined(separator: ", "))
  }
}
