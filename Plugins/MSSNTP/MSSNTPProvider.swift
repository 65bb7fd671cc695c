// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

/// MS-SNTP on the kit: settings, keys and Samba's socket around `ClientAssociation` and `ReplySigner`, which decide.
///
/// Everything but `command` is the owner's thread's: without MANY_WORKERS the host calls it on no other.
final class MSSNTPProvider: Authenticator {
  private enum Timer {
    static let signing: UInt16 = 0
    static let report: UInt16 = 1
    static let ready: UInt16 = 2
  }

  /// A client's association, or the server's.
  final class Place {
    /// nil = a server's.
    var client: ClientAssociation?
    let server: String
    /// The account that the operator wrote; "" = this host's own.
    let key: String
    /// Why it cannot be used; "" = it can.
    var objection: String
    /// The caller does not know that yet.
    var isToBeTold = false

    init(client: ClientAssociation?, server: String = "", key: String = "", objection: String = "") {
      self.client = client
      self.server = server
      self.key = key
      self.objection = objection
    }
  }

  var settings = MSSNTPSettings()
  lazy var store = KeyStore(host: host)
  var daemon: SigningDaemon?
  var signer: ReplySigner?
  var places: [UInt32: Place] = [:]
  /// Clients' packets by what became of them.
  var verified: UInt64 = 0
  var faults: [ClientAssociation.Fault: UInt64] = [
    .wrongSignature: 0, .missingSignature: 0, .noKey: 0, .noRoom: 0,
  ]
  var reportedTotal: UInt64 = 0
  private var isRefusalTold = false

  // MARK: control

  override func initialize() -> Status {
    var refusals: [SettingComplaint] = []
    let read = MSSNTPSettings(host.settings.all(), refusals: &refusals)
    guard refusals.isEmpty else {
      host.settings.refuse(refusals)
      return .invalid
    }
    settings = read
    guard read.files.isEmpty || host.secrets.isAvailable, read.socket.isEmpty || host.streams.isAvailable else {
      host.log(.error, "needs a host that reads secrets and opens Unix sockets")
      return .unsupported
    }
    do throws(KeyStore.Fault) {
      try store.load(read)
    } catch {
      host.settings.refuse(error.setting, error.text)
      return .invalid
    }
    if read.signs, read.socket.isEmpty, store.holders.isEmpty {
      host.log(.error, "sign = true, but there is nothing to sign with: set signd_socket, or hash_file")
      return .invalid
    }
    daemon = nil
    signer = nil
    if read.signs {
      if !read.socket.isEmpty {
        daemon = SigningDaemon(host: host, path: read.socket, timer: Timer.signing, timeout: read.timeout)
      }
      signer = ReplySigner(
        holders: store.holders, daemon: daemon, refusesShortForm: read.refusesShortForm, limits: read.limits,
        random: { host.random() })
    }
    return .ok
  }

  override func start() -> Status {
    daemon?.start(now: host.nowRaw)
    return .ok
  }

  override func stop() { daemon?.stop() }

  override func close() {
    daemon?.stop()
    places = [:]
    store.clear()
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    // Counters are the owner's thread's.
    case .query: host.timers.arm(Timer.report, at: host.nowRaw)
    case .timeJumped, .networkChanged, .shutdown: .ok
    default: .unsupported
    }
  }

  /// A key file is another one now. What cannot be read leaves the keys as they were: a password changes rarely, and a file is
  /// being written for longer than an instant.
  override func secretChanged(setting: String) {
    do throws(KeyStore.Fault) {
      try store.load(settings)
    } catch {
      host.log(
        .error,
        "\(error.setting.path) changed and cannot be used; the keys stay as they were. It has to be \(error.text)")
      return
    }
    signer?.holders = store.holders
    host.log(.notice, "\(setting) changed: its keys were read again")
    for place in places.values where place.client != nil {
      let before = place.objection
      place.client?.keys = account(place.key)
      place.objection = objection(place.server, place.key)
      if place.objection != before { place.isToBeTold = true }
    }
    tellReadiness()
  }

  private func account(_ key: String) -> AccountKeys? { key.isEmpty ? store.own : store.holder(named: key) }

  // MARK: associations

  override func openAssociation(_ association: UInt32, _ use: AuthenticationAccess.Use, key: String) -> Status {
    switch use {
    case .server:
      guard signer != nil else {
        // Asked again and again.
        if !isRefusalTold {
          isRefusalTold = true
          host.log(
            .error,
            "the NTP server asks for signatures, which are off: set sign = true in [provider.ms-sntp] (Docs/threats.md first)"
          )
        }
        return .unsupported
      }
      places[association] = Place(client: nil)
    case .client(let server, _):
      let place = Place(
        client: ClientAssociation(keys: account(key), form: settings.form), server: server, key: key,
        objection: objection(server, key))
      places[association] = place
      guard place.objection.isEmpty else {
        host.log(.error, place.objection)
        // The caller hears the reason when it is not inside of this call any more.
        place.isToBeTold = true
        host.timers.arm(Timer.ready, at: host.nowRaw)
        return .again
      }
    }
    return .ok
  }

  /// Why that server cannot be asked; "" = it can.
  private func objection(_ server: String, _ key: String) -> String {
    if let objection = settings.places.objection(to: server) { return objection }
    guard account(key) == nil else { return "" }
    return key.isEmpty
      ? "there is no account to prove replies by: set keytab, secrets_tdb or hash_file in [provider.ms-sntp], and account or rid"
      : "hash_file has no account \(SecretProblem.quoted(key.utf8))"
  }

  override func closeAssociation(_ association: UInt32) {
    places[association] = nil
    daemon?.forget(association)
  }

  override func growth(_ association: UInt32) -> Int { ClientAssociation.growth }

  // MARK: packets

  override func protect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {
    guard let place = places[association] else { return packet.refuse(.unknownKey) }
    guard let verdict = place.client?.protect(&bytes, length: packet.length, limit: packet.limit) else {
      return protectReply(association, &bytes, &packet)
    }
    conclude(verdict, &packet)
  }

  override func unprotect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {
    guard let place = places[association] else { return packet.refuse(.unknownKey) }
    guard let verdict = place.client?.unprotect(bytes.span, length: packet.length) else {
      return unprotectRequest(bytes.span, &packet)
    }
    if case .ok = verdict { verified &+= 1 }
    conclude(verdict, &packet)
  }

  /// The NTP client makes events 26 (wrong) and 27 (missing) of these reasons.
  private func conclude(_ verdict: ClientAssociation.Verdict, _ packet: inout Protection) {
    switch verdict {
    case .ok(let length, let key): packet.accept(length: length, key: key)
    case .refused(let fault):
      faults[fault, default: 0] &+= 1
      switch fault {
      case .wrongSignature: packet.refuse(.badCode)
      case .missingSignature: packet.refuse(.malformed)
      case .noKey: packet.refuse(.unavailable)
      case .noRoom: packet.refuse(.noRoom)
      }
    }
  }

  private func unprotectRequest(_ bytes: Span<UInt8>, _ packet: inout Protection) {
    guard let signer else { return packet.refuse(.unknownKey) }
    let answer = signer.unprotect(
      bytes, length: packet.length, peer: packet.peer, now: host.nowRaw, chance: host.random())
    switch answer {
    case .other: packet.leaveToOthers()
    case .accepted(let selection):
      packet.request = selection.token
      packet.accept(length: MessageForm.headerLength, key: selection.rid)
    case .refused(let silence): packet.refuse(silence.refusal)
    }
    tellNotes()
  }

  private func protectReply(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {
    guard let signer, let selection = KeySelection(token: packet.request) else { return packet.refuse(.unknownKey) }
    var reply = PendingReply()
    reply.association = association
    reply.token = packet.token
    reply.selection = selection
    reply.peer = packet.peer
    reply.limit = packet.limit
    switch signer.protect(&bytes, length: packet.length, reply, now: host.nowRaw) {
    case .signed(let length): packet.accept(length: length, key: selection.rid)
    case .pending: packet.leavePending(key: selection.rid)
    case .refused(let silence): packet.refuse(silence.refusal, key: selection.rid)
    }
    tellNotes()
  }

  // MARK: Samba

  override func streamOpened(_ stream: UInt32, _ status: Status) {
    daemon?.opened(stream, status, now: host.nowRaw)
    tellDecisions()
  }

  override func streamReceived(_ stream: UInt32, _ bytes: Span<UInt8>) {
    daemon?.received(stream, bytes, now: host.nowRaw)
    tellDecisions()
  }

  override func streamWritable(_ stream: UInt32) {
    daemon?.writable(stream, now: host.nowRaw)
    tellDecisions()
  }

  override func streamFailed(_ stream: UInt32, _ status: Status) {
    daemon?.failed(stream, now: host.nowRaw)
    tellDecisions()
  }

  override func expired(timer: UInt16, now: RawInstant) {
    switch timer {
    case Timer.signing:
      daemon?.expired(now: now)
      tellDecisions()
    case Timer.ready: tellReadiness()
    default: report()
    }
  }
}

extension ReplySigner.Silence {
  /// In the ABI's words.
  fileprivate var refusal: Protection.Refusal {
    switch self {
    case .malformed: .malformed
    case .unknownAccount, .longForm: .unknownKey
    case .shortForm, .sweeping, .clientLimited, .ridLimited: .notAllowed
    case .noRoom, .notSigned: .noRoom
    }
  }
}
