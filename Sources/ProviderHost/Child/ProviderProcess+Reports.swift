// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TimeTypes

/// What the child says, and what becomes of it. [control]
extension ProviderProcess {
  /// One message from the child, not believed.
  func receive(_ bytes: [UInt8], now: RawInstant) {
    guard let report = ChildFrame.report(bytes) else {
      outbox.counters.count(.badFrame)
      return
    }
    switch report {
    case .descriptor(let descriptor): if !told.take(descriptor) { outbox.counters.count(.badFrame) }
    case .schema(let entry): if !told.take(entry) { outbox.counters.count(.badFrame) }
    case .opened(let version, let entries): opened(version: version, entries: entries)
    case .result(let call, let status):
      if call == 1, status == TOMPION_OK, phase == .opened { phase = .inited }
      if call == 2, status == TOMPION_OK, phase == .starting { phase = .running }
      // Refused or failed: the child has said why; it is ended, and started again by the policy.
      if status != TOMPION_OK, phase == .starting || phase == .opened { child?.kill() }
    case .refusal(let index, let text):
      guard refusals.count < 1000 else { return }
      refusals.append(SettingRefusal(index: Int(index) < settings.count ? Int(index) : nil, text: printable(text)))
    case .failed(let text):
      words = printable(text)
      lastError = words
    case .sourceAdded(let id, let info):
      newsTaken &+= 1
      guard outbox.sources.count < grants.sourceLimit else {
        outbox.counters.count(.notGranted)
        return
      }
      let votes = voters.count < grants.voteLimit
      guard outbox.sources.insert(id, grants.granted(info, votes: votes)) else {
        outbox.counters.count(.unknownSource)
        return
      }
      if votes { voters.insert(id) }
    case .sourceChanged(let id, let info):
      newsTaken &+= 1
      if !outbox.sources.update(id, grants.granted(info, votes: voters.contains(id))) {
        outbox.counters.count(.unknownSource)
      }
    case .sourceRemoved(let id):
      newsTaken &+= 1
      voters.remove(id)
      if !outbox.sources.remove(id) { outbox.counters.count(.unknownSource) }
    case .log(let level, let text):
      unsafe text.withCString { line in
        if unsafe !outbox.messages.pushLog(level: min(level, UInt32(TOMPION_LOG_DEBUG)), line) {
          outbox.counters.countDroppedMessage()
        }
      }
    case .event(let number, let named, let text):
      // It speaks of its own sources, or of none.
      let source = named != 0 && outbox.sources.slot(of: named) == nil ? 0 : named
      if source != named { outbox.counters.count(.unknownSource) }
      unsafe text.withCString { line in
        if unsafe !outbox.messages.pushEvent(number: number, source: source, line) {
          outbox.counters.countDroppedMessage()
        }
      }
    case .ask(let number, let question): answer(number, question, now: now)
    case .keep(let part): keep(part)
    case .resolve(let name, let family, let token):
      guard mayAsk(now, isDear: true) else {
        send(.resolved(token: token, status: TOMPION_AGAIN, addresses: [], text: "too many questions in a second"))
        return
      }
      resolve(name, family: family, token: token)
    case .misbehaved(let kind, let count):
      if let kind = Misbehaviour(rawValue: Int(kind)) {
        // What it says of itself; what the host saw is not to be drowned in it.
        outbox.counters.count(kind, min(count, 1000))
      }
    }
  }

  private func opened(version: UInt32, entries: UInt32) {
    guard version == ChildFrame.version, told.complete(entries: entries) else {
      outbox.counters.count(.badFrame)
      // Nothing it says later could be trusted to mean what it should.
      words =
        version == ChildFrame.version
        ? "tells of its settings in a way that makes no sense" : "is of another release: restart the daemon"
      lastError = words
      child?.kill()
      return
    }
    descriptor = told.descriptor
    schema = told.entries
    // Settings may have been sent before the schema was known.
    grants = ProviderGrants(settings: settings, schema: told.entries, isOwn: isOwn)
    if phase == .opening { phase = .opened }
  }
}
