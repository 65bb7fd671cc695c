// SPDX-License-Identifier: Apache-2.0

import NTPClient
import NTPWire
import ProviderKit
import TestSupport
import TimeTypes

/// Drives one association in virtual time and plays its server.
struct AssociationDriver {
  /// How long the way takes in each direction.
  static let oneWay = TimeInterval.microseconds(300)
  /// How long the server holds a request.
  static let turnaround = TimeInterval.microseconds(40)

  var association: Association
  var now = RawInstant(nanoseconds: 5_000_000_000)
  var generator: SeededGenerator
  /// The local clock − the raw clock.
  var clock = TimeInterval.seconds(1_800_000_000)
  /// The server's clock − the local clock: what a sample should say.
  var serverOffset = TimeInterval.milliseconds(250)
  var era = ClockEra(rawValue: 0)
  var nextSocket: UInt32 = 1
  var samples: [Sample] = []
  var notices: [AssociationNotice] = []
  var requests: [(request: Request, at: RawInstant)] = []
  var closed: [UInt32] = []
  var lookups = 0
  var serverChanges = 0
  /// Requests get TX stamps as soon as they leave.
  var stampsDepartures = true
  /// Requests cannot leave this host.
  var isCutOff = false
  var addresses = AddressList()
  /// Where requests leave from.
  var local = SocketAddress(ipv4: 0xc000_0264, port: 40_000)

  init(_ options: AssociationOptions = AssociationOptions(), seed: UInt64 = 1) {
    association = Association(options: options)
    generator = SeededGenerator(seed: seed)
    addresses.append(SocketAddress(ipv4: 0xc000_0201))
  }

  var state: AssociationState { association.state }
  var open: Request? { association.state.request }

  mutating func entropy() -> Entropy {
    Entropy(
      nonce: generator.next(), spread: generator.next(),
      interleavedNonce: association.options.interleaved ? generator.next() : 0)
  }

  func stamp(_ kind: StampKind, at raw: RawInstant? = nil) -> Stamp {
    let raw = raw ?? now
    return Stamp(clock: .system, kind: kind, era: era, time: clock + raw.sinceEpoch, raw: raw, errorNanoseconds: 50)
  }

  mutating func deliver(_ event: AssociationEvent) {
    var actions = AssociationActions()
    association.handle(event, now: now, entropy: entropy(), into: &actions)
    perform(actions)
  }

  mutating func perform(_ actions: AssociationActions) {
    for index in 0..<actions.count {
      switch actions[index] {
      case .resolve: lookups += 1
      case .send(let request):
        requests.append((request, now))
        if isCutOff {
          deliver(.notSent(serial: request.serial))
          continue
        }
        let socket = nextSocket
        nextSocket += 1
        deliver(.sent(serial: request.serial, socket: socket, local: local, stamp: stamp(.user)))
        if stampsDepartures { deliver(.transmitted(serial: request.serial, stamp: stamp(.kernel))) }
      case .close(let socket): closed.append(socket)
      case .publish(let sample): samples.append(sample)
      case .serverChanged: serverChanges += 1
      case .notice(let notice): notices.append(notice)
      }
    }
  }

  /// Starts it and answers the look-up.
  mutating func start() {
    deliver(.start)
    resolve()
  }

  mutating func resolve() { deliver(.resolved(addresses)) }

  /// Time passes until the next deadline, and it is handled; look-ups are answered.
  mutating func step() {
    guard let deadline = state.deadline else { return }
    now = max(now, deadline)
    deliver(.deadline)
    if state.phase == .resolving { resolve() }
  }

  /// Steps until a request is out.
  mutating func untilRequest() {
    for _ in 0..<100 where open == nil || state.phase != .awaiting { step() }
  }

  /// The server's time at a raw moment as an NTP timestamp.
  func serverTimestamp(at raw: RawInstant) -> UInt64 {
    let time = clock + raw.sinceEpoch + serverOffset
    let second = time.nanoseconds / 1_000_000_000
    let rest = UInt64(time.nanoseconds % 1_000_000_000)
    let fraction = ((rest << 32) + 500_000_000) / 1_000_000_000
    return (UInt64(bitPattern: second + 2_208_988_800) << 32) &+ fraction
  }

  /// A good reply to the open request, as the bytes of a datagram; the server got it one way after `now`.
  func reply() -> [UInt8] {
    let received = now + Self.oneWay
    return replyBytes(
      version: association.options.version, origin: open?.nonce ?? 0, received: serverTimestamp(at: received),
      transmitted: serverTimestamp(at: received + Self.turnaround))
  }

  func replyBytes(version: UInt8, origin: UInt64, received: UInt64, transmitted: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 48)
    bytes[0] = version << 3 | 4
    bytes[1] = 2
    bytes[2] = 6
    bytes[3] = UInt8(bitPattern: -23)
    bytes.put(UInt32(0x0000_0400), at: 4)
    bytes.put(UInt32(0x0000_0800), at: 8)
    bytes.put(UInt32(0xc633_6401), at: 12)
    bytes.put(received &- (16 << 32), at: 16)
    bytes.put(origin, at: 24)
    bytes.put(received, at: 32)
    bytes.put(transmitted, at: 40)
    return bytes
  }

  /// Brings a datagram to the socket of the open request, or to that one.
  /// `proof`: what it proved; by default all that is asked for.
  mutating func receive(_ bytes: [UInt8], socket: UInt32? = nil, kind: StampKind = .kernel, proof: Proof? = nil) {
    let good = association.options.authentication.isWanted ? Proof.proven(key: 7) : .notAsked
    var actions = AssociationActions()
    association.receive(
      try? NTPPacket(parsing: bytes.span), socket: socket ?? open?.socket ?? 0, proof: proof ?? good,
      arrival: stamp(kind), now: now,
      entropy: entropy(),
      into: &actions)
    perform(actions)
  }

  /// The open request is answered in good order.
  mutating func answer() { arrive(reply()) }

  /// Brings a datagram after the time that a good exchange takes.
  mutating func arrive(_ bytes: [UInt8]) {
    now = now + Self.oneWay + Self.turnaround + Self.oneWay
    receive(bytes)
  }

  /// Polls and answers until so many samples came.
  mutating func run(samples wanted: Int) {
    for _ in 0..<(wanted * 4) where samples.count < wanted {
      untilRequest()
      answer()
    }
  }

  /// The open request is left without an answer.
  mutating func lose() {
    untilRequest()
    step()
  }
}

extension Array where Element == UInt8 {
  mutating func put(_ value: UInt32, at offset: Int) {
    for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(index))) }
  }

  mutating func put(_ value: UInt64, at offset: Int) {
    put(UInt32(truncatingIfNeeded: value >> 32), at: offset)
    put(UInt32(truncatingIfNeeded: value), at: offset + 4)
  }

  func timestamp(at offset: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 << 8 | UInt64(self[offset + $1]) }
  }
}
