// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import Simulation
package import TimeTypes

/// Hosts on a virtual network in virtual time: the driver that lets provider binaries run as in the daemon, deterministically.
///
/// One thread. `run` takes events in order; whatever a provider asks for becomes a later event, so that nothing is ever delivered
/// from inside a call of the provider's. Two runs of one set-up and seed are the same to the bit.
package final class VirtualWorld {
  package let seed: UInt64
  package var network: VirtualNetwork
  /// What every host's resolver answers, beside dotted IPv4; ports are ignored.
  package var names: [String: [VirtualAddress]] = [:]
  package private(set) var hosts: [VirtualHost] = []
  private var time = VirtualTime<VirtualEvent>()
  private var owners: [VirtualAddress: VirtualHost] = [:]
  private var stubs: [VirtualAddress: VirtualStub] = [:]
  private var lastNode = -1
  private var lastInstance: UInt16 = 0
  /// Datagrams that were put on the network so far.
  package private(set) var datagrams = 0

  /// `defaultPath` joins all hosts that have no path of their own.
  package init(seed: UInt64, defaultPath: PathModel) {
    self.seed = seed
    network = VirtualNetwork(seed: seed, defaultPath: defaultPath)
  }

  // Providers may ask for the time while they are closed: so that comes before anything here goes.
  deinit { for host in hosts { host.close() } }

  /// True time, which no host can see.
  package var now: RawInstant { time.now }

  /// Adds a host; its first address of a family is the one that its clients send from.
  package func addHost(
    addresses: [VirtualAddress], clock: ModelClock, oscillator: ModelOscillator = ModelOscillator()
  ) -> VirtualHost {
    let host = VirtualHost(world: self, node: newNode(), addresses: addresses, clock: clock, oscillator: oscillator)
    hosts.append(host)
    for address in addresses { owners[address.with(port: 0)] = host }
    return host
  }

  /// Puts something at an address and port that answers datagrams as it likes: a hostile server, a recorder.
  @discardableResult
  package func addStub(at address: VirtualAddress, _ answer: @escaping VirtualStub.Answer) -> NodeID {
    let stub = VirtualStub(node: newNode(), answer: answer)
    stubs[address] = stub
    return stub.node
  }

  private func newNode() -> NodeID {
    lastNode += 1
    return NodeID(rawValue: lastNode)
  }

  /// The number of the next provider instance of this world, and with it its stream of randomness.
  func newInstance() -> UInt16 {
    lastInstance += 1
    return lastInstance
  }

  /// Does something at a true moment.
  package func at(_ moment: RawInstant, _ action: @escaping () -> Void) { schedule(.action(action), at: moment) }

  func schedule(_ event: VirtualEvent, at moment: RawInstant) { time.schedule(event, at: moment) }

  /// Runs for so long.
  package func run(for interval: TimeInterval) { run(until: now + interval) }

  /// Runs up to a true moment, events at that moment included.
  package func run(until limit: RawInstant) {
    while let event = time.take(until: limit) { handle(event) }
  }

  /// Handles the next event that is due at or before a true moment; false = there is none, and time has come to that moment.
  package func step(until limit: RawInstant) -> Bool {
    guard let event = time.take(until: limit) else { return false }
    handle(event)
    return true
  }

  /// Puts a datagram of any content and sender on the network at a node, now.
  package func inject(_ datagram: VirtualDatagram, from node: NodeID) {
    schedule(.departure(datagram, node), at: now)
  }

  /// Puts a datagram on the network; false = there is no way to its destination.
  @discardableResult
  func send(_ datagram: VirtualDatagram, from node: NodeID) -> Bool {
    datagrams += 1
    guard let destination = self.destination(of: datagram.to),
      let arrivals = network.send(from: node, to: destination, now: now)
    else { return false }
    if let first = arrivals.first { schedule(.arrival(datagram, from: node), at: first) }
    if let second = arrivals.second { schedule(.arrival(datagram, from: node), at: second) }
    return true
  }

  private func destination(of address: VirtualAddress) -> NodeID? {
    stubs[address]?.node ?? owners[address.with(port: 0)]?.node
  }

  private func handle(_ event: VirtualEvent) {
    switch event {
    case .arrival(let datagram, let node):
      if let stub = stubs[datagram.to] {
        for reply in stub.answer(datagram.bytes, datagram.from, now) {
          let back = VirtualDatagram(bytes: reply.bytes, from: reply.from ?? datagram.to, to: datagram.from)
          schedule(.departure(back, stub.node), at: now + reply.after)
        }
      } else if let host = owners[datagram.to.with(port: 0)], !host.arrived(datagram), let sender = owner(node),
        let way = network.send(from: host.node, to: node, now: now), let moment = way.first
      {
        // ICMP port unreachable.
        schedule(.refused(datagram, sender), at: moment)
      }
    case .departure(let datagram, let node): send(datagram, from: node)
    case .refused(let datagram, let sender): sender.refused(datagram)
    case .delivery(let backend, let socket, let datagram, let stamp):
      backend.deliver(datagram, socket: socket, stamp: stamp)
    case .transmitted(let backend, let report): backend.tellTransmitted(report)
    case .timer(let backend, let timer, let generation): backend.expire(timer, generation: generation)
    case .poll(let backend, let generation): backend.pollNow(generation: generation)
    case .answer(let backend, let question): backend.tellAnswer(question)
    case .action(let action): action()
    }
  }

  /// The host behind a node; nil = a stub.
  private func owner(_ node: NodeID) -> VirtualHost? { hosts.first { $0.node == node } }
}
