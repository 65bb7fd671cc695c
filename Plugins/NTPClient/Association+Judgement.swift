// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

/// What the tests say of a packet.
enum Judgement {
  case rejected(Rejection)
  /// A kiss code that a client obeys.
  case kiss(UInt32)
  case accepted(ReplyHeader)
}

/// The tests of RFC 5905, section 8 (packet sanity) and 13.1, with those of the Windows Time service (events 147 to 154).
extension Association {
  /// Changes nothing. Who sent the packet comes first, so that only the server itself can be said to fail a later test.
  func judge(_ header: ReplyHeader?, socket: UInt32) -> Judgement {
    guard let header else { return .rejected(.malformed) }
    guard header.version >= 3, header.version <= options.version else { return .rejected(.wrongVersion) }
    guard header.mode == 4 else { return .rejected(.wrongMode) }
    guard header.origin != 0 else { return .rejected(.zeroOrigin) }
    guard let request = state.request, request.socket == socket, socket != 0, header.origin == request.nonce else {
      if header.origin == state.answeredNonce { return .rejected(.duplicate) }
      if header.origin == state.abandonedNonce { return .rejected(.stale) }
      return .rejected(state.request?.socket == socket && socket != 0 ? .wrongOrigin : .unexpected)
    }
    guard state.reply == nil else { return .rejected(.duplicate) }
    if header.stratum == 0 {
      switch header.referenceID {
      case ReplyHeader.rate, ReplyHeader.deny, ReplyHeader.restrict: return .kiss(header.referenceID)
      default: return .rejected(.kissCode)
      }
    }
    if let reason = failingTest(of: header, request: request) { return .rejected(reason) }
    return .accepted(header)
  }

  private func failingTest(of header: ReplyHeader, request: Request) -> Rejection? {
    guard header.receive != 0, header.transmit != 0 else { return .zeroTimestamp }
    guard header.stratum < 16, header.leap != LeapIndicator.unsynchronized.rawValue || options.reliable else {
      return .unsynchronized
    }
    guard !ReplyHeader.interval(from: header.receive, to: header.transmit).isNegative else { return .timeOrder }
    guard header.transmit != state.lastTransmit else { return .frozen }
    guard header.rootDelay.half + header.rootDispersion < AssociationLimits.rootDistance else { return .rootDistance }
    // A server without a reference, such as a reliable one on its own clock, has no reference time either.
    if header.reference != 0, !options.reliable {
      let age = ReplyHeader.interval(from: header.reference, to: header.transmit)
      guard !age.isNegative, age <= AssociationLimits.age else { return .referenceTime }
    }
    return isLoop(header, request: request) ? .loop : nil
  }

  /// The server's reference is the address we asked from. On loopback every server is at one address, so that says nothing.
  private func isLoop(_ header: ReplyHeader, request: Request) -> Bool {
    header.stratum > 1 && request.local.family == .ipv4 && request.local.ipv4 >> 24 != 127
      && header.referenceID == request.local.ipv4
  }
}
