// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import NTPClient
import ProviderKit

/// The whole provider on a host in memory, with names and servers that the test plays.
final class ClientScene {
  /// From the request to its reply, ns; the server's turnaround is nothing.
  static let roundTrip: Int64 = 600_000

  let host: MockHost
  /// What names resolve to; others do not.
  var names: [String: [SocketAddress]] = [:]
  /// Servers that do not answer.
  var silent: Set<SocketAddress> = []
  /// Called between events.
  var watch: (ClientScene) -> Void = { _ in }
  private var lookupsSeen = 0
  private var sentSeen = 0

  init(seed: UInt64 = 1) { host = MockHost(seed: seed) }

  static func address(_ last: UInt32, port: UInt16 = 123) -> SocketAddress {
    SocketAddress(ipv4: 0xc000_0200 + last, port: port)
  }

  /// One more [[source]].
  func addSource(_ index: Int, _ address: String, _ more: [String: Int64] = [:], flags: [String: Bool] = [:]) {
    host.set("source[\(index)].address", address)
    for (key, value) in more.sorted(by: { $0.key < $1.key }) { host.set("source[\(index)].\(key)", value) }
    for (key, value) in flags.sorted(by: { $0.key < $1.key }) { host.set("source[\(index)].\(key)", value) }
  }

  func start() -> Int32 {
    guard host.open(ntpClientModule(), id: "org.tompion.ntp-client") else { return TOMPION_NOT_FOUND }
    let status = host.initialize()
    return status == TOMPION_OK ? host.start() : status
  }

  /// Lets time pass; servers and the resolver answer.
  func run(seconds: Int64) {
    let end = host.raw + seconds * 1_000_000_000
    while true {
      serve()
      watch(self)
      guard let next = host.timers.values.min(), next <= end else { break }
      host.advance(to: next)
    }
    host.advance(to: max(end, host.raw))
  }

  /// Lets time pass until another request is out, without an answer to it.
  func untilRequest() -> MockHost.Sent? {
    for _ in 0..<1000 where sentSeen == host.sent.count {
      answerLookups()
      guard let next = host.timers.values.min() else { break }
      host.advance(to: next)
    }
    guard sentSeen < host.sent.count else { return nil }
    sentSeen = host.sent.count
    return host.sent.last
  }

  private func answerLookups() {
    while lookupsSeen < host.lookups.count {
      let lookup = host.lookups[lookupsSeen]
      lookupsSeen += 1
      if let addresses = names[lookup.name] {
        host.resolved(token: lookup.token, status: TOMPION_OK, addresses: addresses.map(\.abi))
      } else {
        host.resolved(token: lookup.token, status: TOMPION_NOT_FOUND, addresses: [], text: "no such name")
      }
    }
  }

  private func serve() {
    while lookupsSeen < host.lookups.count || sentSeen < host.sent.count {
      answerLookups()
      guard sentSeen < host.sent.count else { continue }
      sentSeen += 1
      let request = host.sent[sentSeen - 1]
      guard let socket = host.sockets[request.socket], !silent.contains(SocketAddress(socket.peer)) else { continue }
      answer(request)
    }
  }

  /// The TX stamp of a request, and a good reply to it.
  func answer(_ request: MockHost.Sent) {
    if let token = request.token {
      host.transmitted(token: token, socket: request.socket, stamp: host.stamp(kind: TOMPION_STAMP_KERNEL))
    }
    host.advance(by: Self.roundTrip)
    let middle = host.raw - Self.roundTrip / 2 + host.clockOffset
    let seconds = UInt64(bitPattern: middle / 1_000_000_000 + 2_208_988_800)
    let time = seconds << 32 | (UInt64(middle % 1_000_000_000) << 32) / 1_000_000_000
    var bytes = [UInt8](repeating: 0, count: 48)
    (bytes[0], bytes[1], bytes[3]) = (4 << 3 | 4, 1, UInt8(bitPattern: -20))
    for index in 0..<8 { bytes[24 + index] = request.bytes[40 + index] }
    bytes.put(time - 1 << 32, at: 16)
    bytes.put(time, at: 32)
    bytes.put(time, at: 40)
    host.deliver([bytes], socket: request.socket)
  }

  /// The sources by what people see as their address.
  var addresses: [String: UInt32] {
    Dictionary(host.sources.map { (Self.text($0.value.address), $0.key) }, uniquingKeysWith: { first, _ in first })
  }

  func info(_ source: UInt32) -> tompion_source_info_t? { host.sources[source] }

  func source(named name: String) -> UInt32? { host.sources.first { Self.text($0.value.name) == name }?.key }

  static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
