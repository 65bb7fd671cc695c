// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import Synchronization
import TimeTypes

/// The NTP server on the kit: sockets by settings, batches to workers, and what operators see of it.
///
/// The workers read the policy through one atomic reference; control replaces it when settings or networks change.
final class NTPServerProvider: Provider {
  /// A provider's own events start at 10000 (Docs/events.md).
  static let refusedEvent: UInt32 = 10_100
  /// At most one line about refused clients in that time.
  static let reportInterval = TimeInterval.seconds(60)
  /// So often interfaces are looked at, where settings name any.
  static let lookInterval = TimeInterval.seconds(2)

  private(set) var settings = ServerSettings()
  private lazy var sockets = ListeningSockets(host: host)
  /// Of the interfaces that rules name, as they were looked up last.
  private var ruleInterfaces: [UInt32?] = []
  /// Their names, in the same order.
  private var ruleNames: [String] = []
  private var nextLook = RawInstant(nanoseconds: .min)
  private(set) var workers: [ServerWorker] = []
  private var page: ClockPage?
  private let current = CurrentPolicy()
  /// What the limiter in force was made from.
  private var ratePolicy = RatePolicy()
  /// For clients of the interleaved mode; made at the start, never replaced.
  private var history: ReplyHistory?
  /// How clients may prove their requests; made at the start, nil = nobody's code is checked.
  private(set) var schemes: AuthenticationSchemes?
  var nextSchemeLook = RawInstant(nanoseconds: .min)
  /// A bit for each scheme that was told of.
  var toldOutOfReach = 0
  /// A worker refused somebody since the last report. All that a worker may do about it: timers are the owner's.
  private let isReportDue = Atomic<Bool>(false)
  private var nextReport = RawInstant(nanoseconds: .min)
  private var reportedRefusals: UInt64 = 0
  private var queriedTotal: UInt64 = 0

  // MARK: control

  override func initialize() -> Status {
    guard host.packets.isAvailable else {
      host.log(.error, "needs a host with packet-io")
      return .unsupported
    }
    return readSettings()
  }

  private func readSettings() -> Status {
    var refusals: [SettingComplaint] = []
    let read = ServerSettings(host.settings.all(), refusals: &refusals)
    guard refusals.isEmpty else {
      host.settings.refuse(refusals)
      return .invalid
    }
    if sockets.isOpen, read.listen != settings.listen || read.workers != settings.workers {
      host.log(.warning, "a change of `listen` or `workers` takes effect at the next start")
    }
    if sockets.isOpen, read.schemes != settings.schemes {
      host.log(.warning, "a change of `authenticate` takes effect at the next start")
    }
    settings = read
    return .ok
  }

  override func start() -> Status {
    page = host.clockPage(.system)
    if page == nil { host.log(.warning, "the host has no clock-info; serving as unsynchronized") }
    rebuildPolicy()
    if settings.interleaved, history == nil {
      history = ReplyHistory(capacity: settings.interleavedReplies, secret: host.random())
    }
    if !settings.schemes.isEmpty {
      schemes = AuthenticationSchemes(settings.schemes)
      openSchemes()
    }
    return openSockets()
  }

  override func stop() {
    sockets.close()
    schemes?.close(host.authentication)
    schemes = nil
    // The kit has seen every worker out of `receive`.
    current.forgetReplaced()
    isReportDue.store(false, ordering: .relaxed)
  }

  override func close() { sockets.close() }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .updateConfig:
      let neededInterfaces = settings.needsInterfaces
      let status = readSettings()
      guard status == .ok else { return status }
      rebuildPolicy()
      // Sockets that do not tell where a packet came in would let a rule about interfaces pass.
      if sockets.isOpen {
        if settings.needsInterfaces != neededInterfaces { return openSockets() }
        askForLooks()
      }
    case .networkChanged:
      rebuildPolicy()
      sockets.look()
    case .query: logCounters()
    case .timeJumped, .shutdown: break
    default: return .unsupported
    }
    return .ok
  }

  private func openSockets() -> Status {
    let status = sockets.open(settings.listen, flags: socketFlags, workers: settings.workers)
    if status == .ok { askForLooks() }
    return status
  }

  /// Interfaces that settings name may come and go.
  private func askForLooks() {
    if sockets.hasInterfaces || settings.needsInterfaces { host.requestPoll() }
  }

  /// Nothing that is sent may come in pieces, which others could forge one of; and a packet that says so costs the kernel no number.
  private var socketFlags: PacketAccess.SocketFlags {
    var flags: PacketAccess.SocketFlags = [.server, .receiveStamps, .dontFragment]
    if history != nil { flags.insert(.transmitStamps) }
    if !settings.needsInterfaces { flags.insert(.plain) }
    return flags
  }

  /// Looks up interfaces and local networks, and lets the workers see the new list, limit and bound.
  private func rebuildPolicy() {
    var rules: [AccessList.Rule] = []
    ruleInterfaces = []
    ruleNames = settings.interfacesOfRules
    for rule in settings.rules {
      switch rule.subject {
      case .all: rules.append(.init(.all, allows: rule.allows))
      case .prefix(let prefix): rules.append(.init(.prefix(prefix), allows: rule.allows))
      case .interface(let name):
        let index = host.packets.interfaceIndex(name)
        ruleInterfaces.append(index)
        if let index {
          rules.append(.init(.interface(index), allows: rule.allows))
        } else {
          host.log(.warning, "there is no interface \(name) now; its rule holds once there is")
        }
      case .localNetworks:
        for network in host.packets.localNetworks() {
          guard let prefix = AccessList.Prefix(network.address, length: Int(network.prefixLength)) else { continue }
          rules.append(.init(.prefix(prefix), allows: rule.allows))
        }
      }
    }
    let list = AccessList(
      rules, ipv4ByDefault: settings.serveIPv4ByDefault, ipv6ByDefault: settings.serveIPv6ByDefault)
    current.replace(
      by: ServerPolicy(
        access: list, limiter: limiter(), staleAfter: settings.staleAfter, unsigned: settings.unsigned))
  }

  /// The limiter in force stays, with all that it knows, unless its settings changed.
  private func limiter() -> RateLimiter? {
    guard settings.rate.isLimiting else { return nil }
    if let last = current.last.limiter, ratePolicy == settings.rate { return last }
    ratePolicy = settings.rate
    return RateLimiter(settings.rate, key: (host.random(), host.random()))
  }

  override func makeWorker(index: Int) -> ProviderWorker? {
    let worker = ServerWorker(seed: host.random(), hasPending: index == 0)
    workers.append(worker)
    return worker
  }

  override func workerClosed(_ worker: ProviderWorker) { workers.removeAll { $0 === worker } }

  // MARK: capture

  override func receive(_ batch: inout PacketBatch, socket: UInt32, worker: ProviderWorker?) {
    // The kit hands back what makeWorker made.
    guard let worker = worker as? ServerWorker else { return }
    let before = worker.counters[.refused]
    worker.serve(
      &batch, socket: socket, policy: current.policy, page: page, host: host, history: history, schemes: schemes)
    if worker.counters[.refused] != before, !isReportDue.exchange(true, ordering: .releasing) { host.requestPoll() }
  }

  override func transmitted(_ transmitted: Transmitted) {
    history?.departed(token: transmitted.token, stamp: transmitted.stamp)
  }

  override func associationReady(_ association: UInt32, _ status: Status, peer: SocketAddress, reason: String) {
    schemes?.ready(association, status)
    if status != .ok { host.requestPoll() }
  }

  override func protectionDecided(_ association: UInt32, _ packet: Protection, _ bytes: Span<UInt8>) {
    send(packet, bytes, of: association)
  }

  /// On the owner's thread: looks at interfaces and schemes, and reports refused clients.
  override func poll(now: RawInstant) {
    lookAtSchemes(now)
    tellOfSchemesOutOfReach()
    if now >= nextLook {
      nextLook = now + Self.lookInterval
      sockets.look()
      if haveRulesMoved { rebuildPolicy() }
    }
    reportRefused(now)
  }

  /// Whether an interface that a rule names is another one than when the list was made. No allocation: poll asks.
  private var haveRulesMoved: Bool {
    for index in ruleNames.indices where host.packets.interfaceIndex(ruleNames[index]) != ruleInterfaces[index] {
      return true
    }
    return false
  }

  /// Within a second of the first, then once in `reportInterval`.
  private func reportRefused(_ now: RawInstant) {
    guard now >= nextReport, isReportDue.exchange(false, ordering: .acquiring) else { return }
    nextReport = now + Self.reportInterval
    let total = sum(.refused)
    let fresh = total &- reportedRefusals
    guard fresh > 0 else { return }
    reportedRefusals = total
    host.event(
      Self.refusedEvent,
      "ntp-server refused \(fresh) \(fresh == 1 ? "request" : "requests") by its access lists: \(refusedText(limit: 8))"
    )
  }

  // MARK: what operators see

  private func sum(_ reason: Silence) -> UInt64 { workers.reduce(0) { $0 &+ $1.counters[reason] } }

  private func refusedText(limit: Int) -> String {
    let entries = workers.flatMap { $0.refused.entries() }.sorted { $0.lastSeen > $1.lastSeen }
    let named = entries.prefix(limit).map { "\($0.address) (\($0.count))" }.joined(separator: ", ")
    return entries.count > limit ? "\(named) and \(entries.count - limit) more" : named
  }

  /// One line of counters, and one of refused clients, if anything happened since the last query.
  private func logCounters() {
    let replies = workers.reduce(0) { $0 &+ $1.counters.replies }
    let silences = Silence.allCases.map { (reason: $0, count: sum($0)) }.filter { $0.count > 0 }
    let total = silences.reduce(replies) { $0 &+ $1.count }
    guard total != queriedTotal else { return }
    queriedTotal = total
    let reasons = silences.map { ", \($0.count) \($0.reason.text)" }.joined()
    let leaks = workers.reduce(0) { $0 &+ $1.counters.leaks }
    let kisses = workers.reduce(0) { $0 &+ $1.counters.kisses }
    let chance = leaks + kisses > 0 ? ", \(leaks) over the rate by chance, \(kisses) by the kiss RATE" : ""
    let shares =
      workers.count > 1
      ? " by \(workers.count) workers (\(workers.map { "\($0.counters.replies)" }.joined(separator: ", ")))" : ""
    host.log(.notice, "\(replies) answered\(shares)\(chance)\(reasons)")
    if let counts = history?.counts, counts.interleaved > 0 {
      host.log(
        .notice,
        "\(counts.interleaved) answered in interleaved mode, \(counts.unknown) asked for it in vain")
    }
    if sum(.refused) > 0 { host.log(.notice, "refused last: \(refusedText(limit: 8))") }
  }
}
