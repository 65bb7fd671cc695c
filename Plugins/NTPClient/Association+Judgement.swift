// SPDX-License-Identifier: Apache-2.0

package import NTPWire
import ProviderKit
import TimeTypes

/// What the tests say of a packet.
enum Judgement {
  case rejected(Rejection)
  /// A kiss code that a client obeys.
  case kiss(KissCode)
  /// `isInterleaved`: its transmit timestamp is that of the reply before.
  case accepted(NTPPacket, isInterleaved: Bool)
}

/// The tests of RFC 5905, section 8 (packet sanity) and 13.1, with those of the Windows Time service (events 147 to 154).
extension Association {
  /// Whether a packet may be the answer to the open request, by its nonce: only then it is worth asking what it proves.
  package func admits(_ header: NTPPacket?, socket: UInt32) -> Bool {
    guard case .success = sender(header, socket: socket) else { return false }
    return true
  }

  /// Changes nothing. Who sent the packet comes first, so that only the server itself can be said to fail a later test; then what it
  /// proves, where proof is wanted, so that nothing else of it counts before: no kiss code either.
  func judge(_ header: NTPPacket?, socket: UInt32, proof: Proof) -> Judgement {
    let request: Request
    switch sender(header, socket: socket) {
    case .failure(let reason): return .rejected(reason)
    case .success(let open): request = open
    }
    guard let header else { return .rejected(.malformed) }
    if options.authentication.isWanted {
      switch proof {
      case .proven: break
      case .refused(let reason): return .rejected(reason)
      case .notAsked: return .rejected(.noAuthentication)
      }
    }
    if let code = header.kissCode {
      return code == .rate || code == .deny || code == .restrict ? .kiss(code) : .rejected(.kissCode)
    }
    let isInterleaved = header.origin.rawValue == request.interleavedNonce
    if let reason = failingTest(of: header, request: request, isInterleaved: isInterleaved) { return .rejected(reason) }
    return .accepted(header, isInterleaved: isInterleaved)
  }

  /// The open request, if the packet carries its nonce and none was accepted before.
  private func sender(_ header: NTPPacket?, socket: UInt32) -> Result<Request, Rejection> {
    guard let header else { return .failure(.malformed) }
    guard header.version >= 3, header.version <= options.version else { return .failure(.wrongVersion) }
    guard header.mode == .server else { return .failure(.wrongMode) }
    guard !header.origin.isZero else { return .failure(.zeroOrigin) }
    guard let request = state.request, request.socket == socket, socket != 0,
      header.origin.rawValue == request.nonce || header.origin.rawValue == request.interleavedNonce
    else {
      if header.origin.rawValue == state.answeredNonce { return .failure(.duplicate) }
      if header.origin.rawValue == state.abandonedNonce { return .failure(.stale) }
      return .failure(state.request?.socket == socket && socket != 0 ? .wrongOrigin : .unexpected)
    }
    guard state.reply == nil else { return .failure(.duplicate) }
    return .success(request)
  }

  private func failingTest(of header: NTPPacket, request: Request, isInterleaved: Bool) -> Rejection? {
    guard !header.receive.isZero, !header.transmit.isZero else { return .zeroTimestamp }
    guard header.stratum < 16, header.leap != .unsynchronized || options.reliable else {
      return .unsynchronized
    }
    if isInterleaved {
      guard let previous = state.interleaving.previous, previous.receive == request.origin else { return .interleaving }
      if let reason = previous.failingTest(of: header) { return reason }
    } else {
      guard !(header.transmit - header.receive).isNegative else { return .timeOrder }
      guard header.transmit != state.lastTransmit else { return .frozen }
    }
    guard header.rootDelay.interval.half + header.rootDispersion.interval < AssociationLimits.rootDistance else {
      return .rootDistance
    }
    // A server without a reference, such as a reliable one on its own clock, has no reference time either.
    if !header.referenceTimestamp.isZero, !options.reliable {
      // The younger of the two.
      let age = (isInterleaved ? header.receive : header.transmit) - header.referenceTimestamp
      guard !age.isNegative, age <= AssociationLimits.age else { return .referenceTime }
    }
    return isLoop(header, request: request) ? .loop : nil
  }

  /// The server's reference is the address we asked from. On loopback every server is at one address, so that says nothing.
  /// Of an IPv6 address only a hash is compared: one stranger in 2³² looks like a loop.
  private func isLoop(_ header: NTPPacket, request: Request) -> Bool {
    header.stratum > 1 && request.local.family != .none && !request.local.isLoopback
      && header.referenceID == request.local.referenceID
  }
}
