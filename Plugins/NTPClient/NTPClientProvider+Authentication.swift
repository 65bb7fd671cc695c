// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import NTPWire
import ProviderKit
import TimeTypes

/// Sources that have to prove themselves: their associations with an authenticator, and what it says. [capture]
extension NTPClientProvider {
  /// Lets a stopped source begin: at once, or when its keys are there. Without them nothing is sent.
  func begin(_ index: Int, now: RawInstant) {
    guard slots[index].association.state.phase == .stopped else { return }
    let wanted = slots[index].settings.association.authentication
    guard wanted.isWanted, !slots[index].authentication.isReady else { return deliver(.start, to: index, now: now) }
    guard slots[index].authentication.association == 0, slots[index].authentication.retry.map({ $0 <= now }) ?? true
    else { return }
    let opened = host.authentication.open(
      scheme: wanted.scheme, .client(server: slots[index].settings.address, source: slots[index].source),
      key: wanted.key)
    switch opened {
    case .success(let (association, isReady)):
      slots[index].authentication.opened(association, isReady: isReady)
      guard isReady else {
        slots[index].info.lastError = "nothing is sent yet: waiting for the keys of \(wanted.text)"
        break
      }
      keysCame(index, now: now)
    case .failure(let error):
      slots[index].authentication.failed(now: now)
      missing(Self.reason(error.status, wanted), index)
    }
    arm(index)
    publishInfo(index)
  }

  /// Why an association could not be opened, and what would be right.
  private static func reason(_ status: Status, _ wanted: SourceAuthentication) -> String {
    switch (status, wanted) {
    case (.notFound, .key(let number)):
      "there is no key \(number) that may be used, or no provider for symmetric keys"
    case (.notFound, _):
      "no provider that offers authentication \"\(wanted.scheme)\" is loaded"
    default: "no \(wanted.text): \(status.text)"
    }
  }

  /// People are told once until the keys are there.
  private func missing(_ reason: String, _ index: Int) {
    let text = "nothing is sent: \(reason)"
    slots[index].info.lastError = text
    guard !slots[index].authentication.isMissed else { return }
    slots[index].authentication.isMissed = true
    host.event(.keysMissing, source: slots[index].source, "\(slots[index].settings.address): \(text)")
  }

  private func keysCame(_ index: Int, now: RawInstant) {
    slots[index].authentication.isMissed = false
    slots[index].info.lastError = ""
    deliver(.start, to: index, now: now)
  }

  func keysChanged(_ association: UInt32, _ status: Status, reason: String) {
    guard association != 0, let index = slots.firstIndex(where: { $0.authentication.association == association })
    else { return }
    let now = host.nowRaw
    if status == .ok {
      slots[index].authentication.isReady = true
      keysCame(index, now: now)
    } else {
      slots[index].authentication.isReady = false
      if status == .unreachable {
        host.authentication.close(association)
        slots[index].authentication.failed(now: now)
      }
      let wanted = slots[index].settings.association.authentication
      deliver(.keysLost, to: index, now: now)
      missing("no \(wanted.text): \(reason.isEmpty ? status.text : reason)", index)
    }
    arm(index)
    publishInfo(index)
  }

  /// Its keys are wiped.
  func closeAuthentication(_ index: Int) {
    let association = slots[index].authentication.association
    slots[index].authentication = AuthenticationState()
    if association != 0 { host.authentication.close(association) }
  }

  // MARK: requests

  enum Protected {
    case done
    case pending
    case failed(reason: String)
  }

  /// Adds what proves a request. The bytes are a fresh copy of each.
  func protect(_ packet: inout RequestPacket, of request: Request, from index: Int) -> Protected {
    guard slots[index].settings.association.authentication.isWanted else { return .done }
    let state = slots[index].authentication
    guard state.isReady else { return .failed(reason: "there are no keys") }
    let growth = host.authentication.growth(state.association)
    let limit = growth == 0 ? RequestPacket.capacity : min(RequestPacket.capacity, packet.length + growth)
    var protection = Protection(
      length: packet.length, limit: limit, peer: request.peer, token: UInt64(request.serial))
    var span = packet.bytes.mutableSpan
    host.authentication.protect(state.association, &span, &protection)
    switch protection.verdict {
    case .ok where protection.length > packet.length:
      packet.grow(to: protection.length)
      return .done
    case .pending: return .pending
    default:
      // Not a word longer, it proves nothing.
      return .failed(reason: protection.verdict == .refuse ? Self.words(protection.reason) : "it added nothing")
    }
  }

  /// Somebody else has decided. [capture]
  func decided(_ association: UInt32, _ packet: Protection, _ bytes: Span<UInt8>) {
    guard association != 0, let index = slots.firstIndex(where: { $0.authentication.association == association })
    else { return }
    let now = host.nowRaw
    let length = min(max(0, packet.length), bytes.count)
    if let serial = AuthenticationState.serial(of: packet.token) {
      guard let request = slots[index].association.state.request, request.serial == serial, request.socket == 0 else {
        return
      }
      if packet.verdict == .ok, length > NTPPacket.length {
        depart(bytes.extracting(0..<length), request, from: index, now: now)
      } else {
        refused(request, Self.words(packet.reason), index, now: now)
      }
    } else if let reply = slots[index].authentication.take(packet.token) {
      let plain = bytes.extracting(0..<length)
      take(
        try? NTPPacket(parsing: plain), Proof(packet, length: length), socket: reply.socket, arrival: reply.arrival,
        index, now: now)
    }
    publishInfo(index)
  }

  /// TOMPION_REFUSE_* of a request.
  private static func words(_ refusal: UInt32) -> String {
    switch Int32(bitPattern: refusal) {
    case TOMPION_REFUSE_UNKNOWN_KEY: "there is no such key"
    case TOMPION_REFUSE_STALE: "the key has expired"
    case TOMPION_REFUSE_NOT_ALLOWED: "the key is not for this address"
    case TOMPION_REFUSE_NO_ROOM: "too much is under way"
    case TOMPION_REFUSE_UNAVAILABLE: "its authenticator does not run"
    default: "its authenticator refuses"
    }
  }

  func refused(_ request: Request, _ reason: String, _ index: Int, now: RawInstant) {
    let wanted = slots[index].settings.association.authentication
    slots[index].info.lastError = "nothing is sent: \(wanted.text) cannot prove the request: \(reason)"
    deliver(.notSent(serial: request.serial), to: index, now: now)
  }

  // MARK: replies

  /// What a datagram says and what it proves; nil = somebody else has to look at it first. Nobody is asked about a packet that does not
  /// carry the nonce of the open request.
  func examine(
    _ batch: inout PacketBatch, _ position: Int, socket: UInt32, _ index: Int
  ) -> (header: NTPPacket?, proof: Proof)? {
    let header = batch.isTruncated(position) ? nil : batch.withBytes(position) { try? NTPPacket(parsing: $0) }
    guard slots[index].settings.association.authentication.isWanted,
      slots[index].association.admits(header, socket: socket), let request = slots[index].association.state.request
    else { return (header, .notAsked) }
    guard !batch.withBytes(position, { PacketTrailer.isCryptoNAK($0) }) else { return (header, .refused(.cryptoNAK)) }
    guard slots[index].authentication.isReady else { return (header, .refused(.authenticationUnavailable)) }
    let length = batch.length(position)
    let token = slots[index].authentication.nextToken()
    var packet = Protection(length: length, limit: length, peer: request.peer, token: token)
    let access = host.authentication
    let association = slots[index].authentication.association
    let plain: NTPPacket? = batch.withMutableBytes(position) { bytes in
      access.unprotect(association, &bytes, &packet)
      guard packet.verdict == .ok else { return header }
      return try? NTPPacket(parsing: bytes.span.extracting(0..<min(max(0, packet.length), length)))
    }
    guard packet.verdict != .pending else {
      slots[index].authentication.wait(
        WaitingReply(token: token, socket: socket, arrival: batch.stamp(position)))
      return nil
    }
    return (plain, Proof(packet, length: length))
  }
}
