// SPDX-License-Identifier: Apache-2.0

import NTPWire
import Report
package import TimeTypes

/// One request to a server and the judgement of what came back (RFC 5905, section 9.2 without its state: nothing is steered by it).
package struct Query: Sendable {
  /// The request's transmit timestamp, which the reply has to bring back; never 0.
  package let nonce: UInt64

  package init(nonce: UInt64) { self.nonce = nonce == 0 ? 1 : nonce }

  /// 48 bytes of version 4.
  package var request: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: NTPPacket.length)
    var span = bytes.mutableSpan
    // 48 bytes are enough by construction.
    try? NTPPacket.request(nonce: nonce).write(to: &span)
    return bytes
  }

  package struct Judgement: Equatable, Sendable {
    /// None = it may be used.
    package var faults: [Fault]
    /// What is good about it: "stratum 2, offset +1.200 ms, delay 300.000 µs".
    package var finding = ""
    package var stratum: UInt8?
    /// reference - local; of user-space stamps.
    package var offset: TimeInterval?

    package init(faults: [Fault], finding: String = "", stratum: UInt8? = nil, offset: TimeInterval? = nil) {
      self.faults = faults
      self.finding = finding
      self.stratum = stratum
      self.offset = offset
    }
  }

  /// Whether anybody is there at all; nil = yes.
  package static func portFault(_ outcome: QueryOutcome, elsewhere: Bool?) -> Fault? {
    switch outcome {
    case .refused: .portRefused
    case .unreachable(let why): .unreachable(why)
    case .notSent(let why): .notSent(why)
    case .silent(let seconds): .silent(seconds: seconds, elsewhere: elsewhere)
    case .answered: nil
    }
  }

  package func judge(
    _ outcome: QueryOutcome, elsewhere: Bool? = nil, limits: OffsetLimits = .withoutDaemon
  ) -> Judgement {
    guard case .answered(let replies, let sent) = outcome else {
      return Judgement(faults: Self.portFault(outcome, elsewhere: elsewhere).map { [$0] } ?? [])
    }
    let read = replies.compactMap { reply in packet(reply.bytes).map { (packet: $0, reply: reply) } }
    guard let any = read.first else { return Judgement(faults: [.notNTP(bytes: replies.first?.bytes.count ?? 0)]) }
    let own = read.filter { $0.packet.origin.rawValue == nonce }
    guard let first = own.first else {
      return Judgement(faults: [any.packet.mode == .server ? .foreignOrigin : .wrongMode(any.packet.mode.rawValue)])
    }
    var faults: [Fault] = []
    if own.count > 1 {
      faults.append(.twoAnswers(own.count, alike: own.allSatisfy { $0.reply.bytes == first.reply.bytes }))
    }
    if let wrong = own.first(where: { $0.packet.mode != .server }) {
      return Judgement(faults: [.wrongMode(wrong.packet.mode.rawValue)] + faults)
    }
    if let kiss = first.packet.kissCode { return Judgement(faults: [Self.fault(kiss)] + faults) }
    if first.packet.stratum > 15 { faults.append(.stratum(first.packet.stratum)) }
    if first.packet.leap == .unsynchronized { faults.append(.leap) }
    guard !first.packet.transmit.isZero, !first.packet.receive.isZero else {
      return Judgement(faults: faults + [.noTime], stratum: first.packet.stratum)
    }
    let (offset, delay) = Self.offset(first.packet, sent: sent, received: first.reply.received)
    if let fault = Self.impossible(first.packet, delay) {
      return Judgement(faults: faults + [fault], stratum: first.packet.stratum)
    }
    if faults.isEmpty {
      if Self.isQuarterHour(offset) {
        faults.append(.quarterHour(offset))
      } else if let limit = limits.passed(by: offset) {
        faults.append(.farOff(offset, limit))
      }
    }
    let remark =
      offset.magnitude > OffsetLimits.remarkable
      ? "; warning: the clocks are more than \(Quantity.span(OffsetLimits.remarkable)) apart" : ""
    return Judgement(
      faults: faults,
      finding:
        "stratum \(first.packet.stratum), offset \(Quantity.offset(offset)), delay \(Quantity.span(delay))\(remark)",
      stratum: first.packet.stratum, offset: offset)
  }

  private func packet(_ bytes: [UInt8]) -> NTPPacket? {
    guard let packet = try? NTPPacket(parsing: bytes.span), (1...4).contains(packet.version) else { return nil }
    return packet
  }

  private static func fault(_ code: KissCode) -> Fault {
    switch code {
    case .deny, .restrict: .denied(code.text)
    case .rate: .rateLimited
    default: .otherKiss(code.text)
    }
  }

  /// RFC 5905, section 8: θ and δ, of user-space stamps at this end.
  private static func offset(
    _ packet: NTPPacket, sent: Instant<UTC>, received: Instant<UTC>
  ) -> (offset: TimeInterval, delay: TimeInterval) {
    let (t1, t4) = (NTPTimestamp(sent), NTPTimestamp(received))
    let (out, back) = (packet.receive - t1, packet.transmit - t4)
    let offset = TimeInterval(nanoseconds: out.nanoseconds / 2 &+ back.nanoseconds / 2)
    return (offset, (t4 - t1) - (packet.transmit - packet.receive))
  }

  /// A server that sends before it receives, or a way that takes less than no time; a millisecond is for the stamps of this program.
  private static func impossible(_ packet: NTPPacket, _ delay: TimeInterval) -> Fault? {
    let residence = packet.transmit - packet.receive
    let least = TimeInterval.milliseconds(-1)
    return delay < least || residence < least ? .impossibleDelay(delay) : nil
  }

  /// Half a minute around each quarter of an hour but none: time zones differ by those.
  package static func isQuarterHour(_ offset: TimeInterval) -> Bool {
    let (quarter, near): (Int64, Int64) = (900_000_000_000, 30_000_000_000)
    let size = offset.magnitude.nanoseconds
    // No zone is farther than 15 hours from UTC, and two are not farther than 27 from each other.
    guard size >= quarter - near, size <= 27 * 4 * quarter + near else { return false }
    let rest = size % quarter
    return rest <= near || rest >= quarter - near
  }
}
