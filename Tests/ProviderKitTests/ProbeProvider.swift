// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// Writes down what it is told, and answers what the test wants.
final class ProbeProvider: Provider {
  nonisolated(unsafe) static var last: ProbeProvider?
  nonisolated(unsafe) static var closed = 0
  var calls: [String] = []
  var startStatus = Status.ok
  var peers: [SocketAddress] = []
  var stamps: [Stamp] = []
  var batches: [[[UInt8]]] = []
  var transmittedRecords: [Transmitted] = []
  var expiredTimers: [(UInt16, RawInstant)] = []
  var answers: [(UInt64, Status, [SocketAddress], String)] = []
  var commands: [Command] = []
  var armOnStart = false

  override init(host: Host) {
    super.init(host: host)
    Self.last = self
  }

  deinit { Self.closed += 1 }

  override func initialize() -> Status {
    calls.append("init")
    return .ok
  }
  override func start() -> Status {
    calls.append("start")
    if armOnStart { host.timers.arm(7, at: host.nowRaw) }
    return startStatus
  }
  override func stop() { calls.append("stop") }
  override func close() { calls.append("close") }
  override func command(_ command: Command) -> Status {
    commands.append(command)
    return command.kind == .query ? .ok : .unsupported
  }
  override func poll(now: RawInstant) { calls.append("poll") }
  override func receive(_ batch: inout PacketBatch, socket: UInt32, worker: ProviderWorker?) {
    var packets: [[UInt8]] = []
    for index in 0..<batch.count {
      packets.append(batch.withBytes(index) { span in (0..<span.count).map { span[$0] } })
      peers.append(batch.peer(index))
      stamps.append(batch.stamp(index))
      batch.withMutableBytes(index) { span in
        for position in 0..<span.count { span[position] ^= 0xff }
      }
      batch.reply(index, length: index == 0 ? 1 << 40 : 2, token: 5)
    }
    batches.append(packets)
  }
  override func transmitted(_ transmitted: Transmitted) { transmittedRecords.append(transmitted) }
  override func failed(socket: UInt32, _ status: Status) { calls.append("failed \(socket) \(status.text)") }
  override func expired(timer: UInt16, now: RawInstant) { expiredTimers.append((timer, now)) }
  override func resolved(token: UInt64, _ status: Status, _ addresses: AddressList, reason: String) {
    answers.append((token, status, (0..<addresses.count).map { addresses[$0] }, reason))
  }
}

let probeCatalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.example.probe", name: "probe", vendor: "v", version: "1", description: "d",
    capabilities: [.input, .output],
    receivers: [.packets, .timers, .names],
    settings: [
      SettingSchema("rate", .integer, "packets per s", default: "4", range: 1...9, required: true),
      SettingSchema("mode", .string, "how", choices: "a|b"),
    ], make: { ProbeProvider(host: $0) }),
  ProviderKind(
    id: "org.example.refuser", name: "refuser", vendor: "v", version: "1", description: "d", capabilities: [],
    receivers: [], make: { _ in nil }),
])

let probeModule = ProviderCatalogue.module(
  count: 2, descriptor: { probeCatalogue.descriptor($0) }, open: { probeCatalogue.open($0, $1) })
