// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import ProviderHost
import Simulation
package import TimeTypes

/// One provider's time, sockets, timers and names on a virtual host. One thread: the world's.
@safe package final class VirtualBackend: ProviderBackend {
  private struct Socket {
    var handle: UInt32
    var local: VirtualAddress
    /// Connected to it; nil = many peers.
    var peer: VirtualAddress?
    /// 0 = any.
    var interface: UInt32
    var capacity: UInt32
    var stampsTransmission: Bool
  }

  // Sound: the host closes this provider before it goes, and a closed one asks for nothing.
  private unowned(unsafe) let hostReference: VirtualHost
  var host: VirtualHost { unsafe hostReference }
  weak var instance: ProviderInstance?
  private var random: SimulationRandom
  private var sockets: [Socket] = []
  private var lastHandle: UInt32 = 0
  /// The generation in force of each armed timer; an event of another one is of a timer since moved or disarmed.
  private var timers: [UInt32: (generation: UInt64, deadline: RawInstant)] = [:]
  private var lastGeneration: UInt64 = 0
  /// Raised by detach, so that polls and answers of a life before are dropped.
  private(set) var life: UInt64 = 0
  private var polling = false
  /// What the provider keeps, as long as this lives.
  package let keptStore = ProviderStore()
  /// Secrets that it holds.
  var held: [HeldBytes] = []
  /// What it has open of this host's devices and streams.
  var devices: [VirtualDevice] = []
  var streams: [VirtualStream] = []
  var lastDevice: UInt32 = 0
  var lastStream: UInt32 = 0

  init(host: VirtualHost, number: UInt16) {
    unsafe hostReference = host
    random = SimulationRandom(seed: host.world.seed, stream: 1 << 62 | UInt64(number))
  }

  package func attach(_ instance: ProviderInstance) { self.instance = instance }

  package func detach() {
    sockets.removeAll()
    devices.removeAll()
    streams.removeAll()
    timers.removeAll()
    polling = false
    held = []
    life &+= 1
  }

  var openSockets: Int { sockets.count }

  // MARK: time

  package func rawNow() -> RawInstant { host.rawNow }

  package func read(_ clock: ClockID) -> Stamp? {
    clock == host.clock.id ? host.clock.stamp(.user, at: host.stampNow) : nil
  }

  package func stamp(realtime nanoseconds: Int64) -> Stamp? {
    host.stamp(showing: TimeInterval(nanoseconds: nanoseconds), memory: Self.realtimeMemory)
  }

  package func fillRandom(_ bytes: UnsafeMutableRawBufferPointer) {
    // Sound: indices of the buffer.
    for index in bytes.indices { unsafe bytes[index] = UInt8(truncatingIfNeeded: random.next() >> 32) }
  }

  package func clockPage(_ clock: ClockID) -> UnsafePointer<tompion_clock_page_t>? {
    clock == host.clock.id ? unsafe host.clockPage : nil
  }

  // MARK: timers

  package func arm(timer: UInt32, deadline: RawInstant) -> Bool {
    lastGeneration &+= 1
    timers[timer] = (lastGeneration, deadline)
    host.world.schedule(
      .timer(self, timer, generation: lastGeneration), at: max(host.oscillator.moment(of: deadline), host.world.now))
    return true
  }

  package func disarm(timer: UInt32) { timers[timer] = nil }

  func expire(_ timer: UInt32, generation: UInt64) {
    guard let armed = timers[timer], armed.generation == generation else { return }
    if rawNow() < armed.deadline {
      // The oscillator has become slower since: not yet.
      host.world.schedule(
        .timer(self, timer, generation: generation), at: host.oscillator.moment(of: armed.deadline))
      return
    }
    timers[timer] = nil
    instance?.expired(timer: timer, now: rawNow())
  }

  package func requestPoll() {
    guard !polling else { return }
    polling = true
    schedulePoll()
  }

  private func schedulePoll() {
    host.world.schedule(.poll(self, generation: life), at: host.oscillator.moment(of: rawNow() + .seconds(1)))
  }

  func pollNow(generation: UInt64) {
    guard generation == life, polling else { return }
    schedulePoll()
    instance?.poll(now: rawNow())
  }

  // MARK: names

  package func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status {
    host.world.schedule(
      .answer(self, VirtualQuestion(name: name, family: family, token: token, generation: life)),
      at: host.world.now + host.resolveLatency)
    return TOMPION_OK
  }

  func tellAnswer(_ question: VirtualQuestion) {
    guard question.generation == life else { return }
    let known = host.world.names[question.name] ?? VirtualAddress(numeric: question.name).map { [$0] } ?? []
    let wanted = known.filter { question.family == UInt8(TOMPION_FAMILY_NONE) || $0.family == question.family }
    let addresses = wanted.map { $0.with(port: 0).abi }
    // Sound: the array lives through the call.
    unsafe addresses.withUnsafeBufferPointer { buffer in
      unsafe instance?.resolved(
        token: question.token, status: buffer.isEmpty ? TOMPION_NOT_FOUND : TOMPION_OK, addresses: buffer,
        text: buffer.isEmpty ? "no such name in the simulation" : "")
    }
  }

  // MARK: sockets

  package func openSocket(_ options: tompion_socket_options_t) -> SocketOpening {
    let server = options.flags & UInt32(TOMPION_SOCKET_SERVER) != 0
    var local = VirtualAddress(options.local)
    let peer = VirtualAddress(options.peer)
    if server {
      guard local.family != UInt8(TOMPION_FAMILY_NONE) else { return .failed(TOMPION_INVALID) }
    } else {
      guard peer.family != UInt8(TOMPION_FAMILY_NONE) else { return .failed(TOMPION_INVALID) }
      if local.family == UInt8(TOMPION_FAMILY_NONE) || local.isAny {
        guard let own = host.address(like: peer) else { return .failed(TOMPION_UNREACHABLE) }
        local = own.with(port: local.port)
      }
    }
    // Every host has loopback.
    guard local.isAny || local.isLoopback || host.addresses.contains(where: { $0.isSameHost(as: local) }) else {
      return .failed(TOMPION_NOT_FOUND)
    }
    if local.isAny, !host.addresses.contains(where: { $0.family == local.family }) {
      return .failed(TOMPION_UNREACHABLE)
    }
    let name = unsafe withUnsafeBytes(of: options.interface_name) { bytes in
      // Sound: the bytes of a value on this stack, to the NUL or the end.
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let interface = name.isEmpty ? 0 : interfaceIndex(named: name)
    if !name.isEmpty, interface == 0 { return .failed(TOMPION_NOT_FOUND) }
    if local.port == 0 {
      repeat { local.port = UInt16(32768 + random.next() % 28232) } while host.isBusy(local)
    } else if host.isBusy(local) {
      return .failed(TOMPION_ADDRESS_IN_USE)
    }
    lastHandle &+= 1
    sockets.append(
      Socket(
        handle: lastHandle, local: local, peer: server ? nil : peer, interface: interface,
        capacity: options.receive_capacity == 0 ? 1500 : options.receive_capacity,
        stampsTransmission: options.flags & UInt32(TOMPION_SOCKET_TX_STAMPS) != 0))
    return .opened(lastHandle)
  }

  package func closeSocket(_ socket: UInt32) { sockets.removeAll { $0.handle == socket } }

  package func localAddress(socket: UInt32) -> tompion_address_t? { find(socket)?.local.abi }

  package func localNetworks() -> [LocalNetwork] {
    host.interfaces.map {
      LocalNetwork(address: $0.address.abi, prefixLength: $0.prefixLength, interfaceIndex: $0.index)
    }
  }

  package func interfaceIndex(named name: String) -> UInt32 { host.interfaces.first { $0.name == name }?.index ?? 0 }

  package func portHolder(of address: tompion_address_t) -> String {
    let wanted = VirtualAddress(address)
    let holder = host.providers.first { $0.backend.holds(wanted) }
    return holder.map { "\($0.instance.descriptor.name), provider \($0.outbox.number)" } ?? ""
  }

  private func find(_ socket: UInt32) -> Socket? { sockets.first { $0.handle == socket } }

  /// Whether one of its sockets has that address and port, or holds the port on every address.
  func holds(_ local: VirtualAddress) -> Bool {
    sockets.contains {
      $0.local.port == local.port && $0.local.family == local.family
        && ($0.local.isAny || local.isAny || $0.local == local)
    }
  }

  /// The socket that a datagram belongs to.
  func socket(for datagram: VirtualDatagram, connected: Bool) -> UInt32? {
    sockets.first { socket in
      guard socket.local.port == datagram.to.port, socket.local.family == datagram.to.family,
        socket.local.isAny || socket.local == datagram.to,
        socket.interface == 0 || socket.interface == host.interface(of: datagram.to)
      else { return false }
      return connected ? socket.peer == datagram.from : socket.peer == nil
    }?.handle
  }

  // MARK: packets

  package func send(_ packets: UnsafeBufferPointer<tompion_packet_t>, socket handle: UInt32) -> UInt32 {
    guard let socket = find(handle) else { return 0 }
    var taken: UInt32 = 0
    for index in packets.indices {
      // Sound: the host table checked bytes and length of every packet.
      let packet = unsafe packets[index]
      let peer = unsafe socket.peer ?? VirtualAddress(packet.peer)
      let asked = unsafe VirtualAddress(packet.local)
      let named = socket.local.isAny ? (asked.isAny ? host.address(like: peer) : asked) : socket.local
      guard let from = named?.with(port: socket.local.port), unsafe packet.length > 0, let base = unsafe packet.bytes
      else { return taken }
      let bytes = unsafe Array(UnsafeBufferPointer(start: base, count: Int(packet.length)))
      guard host.world.send(VirtualDatagram(bytes: bytes, from: from, to: peer), from: host.node) else { return taken }
      unsafe noteDeparture(packet.flags, packet.tx_token, socket)
      taken += 1
    }
    return taken
  }

  private func noteDeparture(_ flags: UInt32, _ token: UInt64, _ socket: Socket) {
    guard flags & UInt32(TOMPION_PACKET_WANT_TX_STAMP) != 0 else { return }
    var report = tompion_transmitted_t()
    report.tx_token = token
    report.socket = socket.handle
    if socket.stampsTransmission { report.stamp = tompion_stamp_t(host.clock.stamp(.kernel, at: host.stampNow)) }
    host.world.schedule(.transmitted(self, report), at: host.world.now)
  }

  func tellTransmitted(_ report: tompion_transmitted_t) {
    guard find(report.socket) != nil else { return }
    // Sound: one element, for the call.
    unsafe withUnsafePointer(to: report) { pointer in
      unsafe instance?.transmitted(UnsafeBufferPointer(start: pointer, count: 1))
    }
  }

  func deliver(_ datagram: VirtualDatagram, socket handle: UInt32, stamp: Stamp) {
    guard let socket = find(handle), let instance else { return }
    var bytes = Array(datagram.bytes.prefix(Int(socket.capacity)))
    let reply: (length: Int, flags: UInt32, token: UInt64) = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      // Sound: bytes and packet live through the call, and nobody keeps the packet's pointer.
      var packet = unsafe tompion_packet_t()
      unsafe packet.bytes = buffer.baseAddress
      unsafe packet.capacity = UInt32(buffer.count)
      unsafe packet.length = UInt32(buffer.count)
      if datagram.bytes.count > buffer.count { unsafe packet.flags = UInt32(TOMPION_PACKET_TRUNCATED) }
      unsafe packet.peer = datagram.from.abi
      unsafe packet.local = datagram.to.abi
      unsafe packet.interface_index = host.interface(of: datagram.to)
      unsafe packet.stamp = tompion_stamp_t(stamp)
      unsafe withUnsafeMutablePointer(to: &packet) { pointer in
        unsafe instance.receive(UnsafeMutableBufferPointer(start: pointer, count: 1), socket: handle)
      }
      return unsafe (Int(packet.reply_length), packet.flags, packet.tx_token)
    }
    guard reply.length > 0 else { return }
    let back = VirtualDatagram(bytes: Array(bytes.prefix(reply.length)), from: datagram.to, to: datagram.from)
    if host.world.send(back, from: host.node) { noteDeparture(reply.flags, reply.token, socket) }
  }

  /// ICMP: the peer has nobody at that port.
  func refused(_ datagram: VirtualDatagram) {
    for socket in sockets where socket.local == datagram.from && socket.peer == datagram.to {
      instance?.failed(socket: socket.handle, status: TOMPION_UNREACHABLE)
      return
    }
  }
}
