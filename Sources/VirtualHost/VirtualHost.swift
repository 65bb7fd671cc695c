// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import ProviderHost
package import Simulation
package import TimeTypes

/// One host of a virtual world: a raw counter, a clock, addresses, a clock page, and the providers that run on it.
@safe package final class VirtualHost {
  /// One network interface, for access lists and `interface_index`.
  package struct Interface: Sendable {
    package var name: String
    package var index: UInt32
    package var address: VirtualAddress
    package var prefixLength: UInt8
  }

  // Sound: the world closes the providers of its hosts before it goes, and nothing else here asks for it afterwards. A checked
  // reference could not be read while the world is going.
  private unowned(unsafe) let worldReference: VirtualWorld
  var world: VirtualWorld { unsafe worldReference }
  package let node: NodeID
  package let addresses: [VirtualAddress]
  /// One per address unless set: eth0 with index 2 and so on, /24 or /64.
  package var interfaces: [Interface]
  package private(set) var clock: ModelClock
  package private(set) var oscillator: ModelOscillator
  /// Between the arrival of a datagram (its RX stamp) and its delivery to the provider.
  package var receiveLatency = TimeInterval.zero
  /// Between a question and its answer.
  package var resolveLatency = TimeInterval.milliseconds(1)
  /// Stamps show multiples of so many nanoseconds of the raw counter.
  package var stampGranularity: Int64 = 1
  package private(set) var providers: [VirtualProvider] = []
  /// What the files that providers' settings name hold, by their paths (secrets/1).
  package var secrets: [String: [UInt8]] = [:]
  /// What is plugged in, by its path, and who waits for streams at a path.
  var plugs: [String: VirtualPlug] = [:]
  var streamServers: [String: VirtualStreamServer] = [:]
  /// The clock as it was before its last changes, the newest last: what stamps of others by CLOCK_REALTIME are read by.
  private var past: [(until: RawInstant, clock: ModelClock)] = []
  /// Between its providers.
  let authentication = AuthenticationRouter()
  private let page: UnsafeMutablePointer<tompion_clock_page_t>

  init(
    world: VirtualWorld, node: NodeID, addresses: [VirtualAddress], clock: ModelClock, oscillator: ModelOscillator
  ) {
    unsafe worldReference = world
    self.node = node
    self.addresses = addresses
    self.clock = clock
    self.oscillator = oscillator
    interfaces = addresses.enumerated().map {
      Interface(
        name: "eth\($0.offset)", index: UInt32($0.offset + 2), address: $0.element,
        prefixLength: $0.element.family == UInt8(TOMPION_FAMILY_IPV4) ? 24 : 64)
    }
    // Sound: one page, zeroed, freed in deinit; the providers are closed before their host goes.
    unsafe page = .allocate(capacity: 1)
    unsafe page.initialize(to: tompion_clock_page_t())
    unsafe page.pointee.size = UInt32(MemoryLayout<tompion_clock_page_t>.size)
    var unsynchronized = tompion_clock_info_t()
    unsynchronized.leap = UInt8(TOMPION_LEAP_UNSYNCHRONIZED)
    unsynchronized.stratum = 16
    publish(unsynchronized)
  }

  deinit { unsafe page.deallocate() }

  /// Closes every provider; harmless twice. The world does it when it goes.
  package func close() {
    for provider in providers { provider.instance.close() }
  }

  /// The raw counter now.
  package var rawNow: RawInstant { oscillator.raw(at: world.now) }

  /// The moment that a stamp of now shows.
  var stampNow: RawInstant {
    let now = rawNow
    guard stampGranularity > 1 else { return now }
    let grains = now.nanoseconds / stampGranularity
    return RawInstant(nanoseconds: grains * stampGranularity)
  }

  /// Opens, initialises and starts a provider of a module, as the daemon would.
  @discardableResult
  package func start(
    _ module: ProviderModule, provider name: String, settings: [ProviderSetting] = []
  ) throws(ProviderError) -> VirtualProvider {
    let number = world.newInstance()
    let backend = VirtualBackend(host: self, number: number)
    let outbox = ProviderOutbox(number: number)
    let instance = try ProviderInstance(
      module: module, provider: name, backend: backend, outbox: outbox, hostName: "simulate")
    let provider = VirtualProvider(instance: instance, outbox: outbox, backend: backend)
    do { try instance.initialize(settings: settings) } catch {
      guard error.reason == .settingsRefused() else { throw error }
      throw ProviderError(
        module: error.module,
        .settingsRefused(
          instance.refusals.map { refusal in
            let path = refusal.index.flatMap { settings.indices.contains($0) ? settings[$0].path : nil }
            return "\(path ?? "provider \(name)"): is refused; \(refusal.text)"
          }))
    }
    // Before start: what it logs there says why it failed, and the caller finds it in `providers`.
    providers.append(provider)
    try instance.start()
    return provider
  }

  // MARK: the clock

  /// From now on the clock runs at another frequency against the raw counter.
  package func adjust(_ frequency: Frequency) {
    remember()
    clock.adjust(frequency: frequency, at: rawNow)
  }

  /// Steps the clock as somebody else would: nobody is told.
  package func stepSilently(by interval: TimeInterval) {
    remember()
    clock.step(by: interval, at: rawNow)
  }

  /// Steps the clock, and tells the providers as the daemon does.
  package func step(by interval: TimeInterval) {
    stepSilently(by: interval)
    for provider in providers {
      provider.instance.command(TOMPION_COMMAND_TIME_JUMPED, value: interval.nanoseconds)
    }
  }

  private func remember() {
    let now = rawNow
    past.append((now, clock))
    if let first = past.first, now - first.until > .seconds(128) { past.removeAll { now - $0.until > .seconds(64) } }
  }

  /// The clock when it showed that; nil = not of late, or never.
  func stamp(showing time: TimeInterval, memory: TimeInterval) -> Stamp? {
    let now = rawNow
    var until = now + .seconds(1)
    for index in (0...past.count).reversed() {
      let held = index == past.count ? clock : past[index].clock
      let begin = index > 0 ? past[index - 1].until : RawInstant(nanoseconds: .min)
      let raw = held.moment(showing: time)
      if raw >= begin, raw < until {
        guard now - raw < memory else { return nil }
        return Stamp(clock: held.id, kind: .user, era: held.era, time: time, raw: raw)
      }
      until = begin
    }
    return nil
  }

  /// Does something when the raw counter has come there.
  package func `do`(at raw: RawInstant, _ action: @escaping () -> Void) { world.at(oscillator.moment(of: raw), action) }

  /// The raw counter's own frequency error from now on.
  package func setOscillator(_ frequency: Frequency) { oscillator.setFrequency(frequency, at: world.now) }

  /// Writes the clock page. `raw_ns` and `size` are set here.
  package func publish(_ info: tompion_clock_info_t) {
    var info = info
    info.size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    info.raw_ns = rawNow.nanoseconds
    // Sound: one thread; the info is 80 bytes at the start of the page's 120 bytes of words.
    unsafe page.pointee.sequence &+= 1
    unsafe withUnsafeMutableBytes(of: &page.pointee.words) { words in
      unsafe withUnsafeBytes(of: info) { unsafe words.copyMemory(from: $0) }
    }
    unsafe page.pointee.sequence &+= 1
  }

  /// The page that providers read; lives as long as the host.
  var clockPage: UnsafePointer<tompion_clock_page_t> { unsafe UnsafePointer(page) }

  // MARK: packets

  /// The address a socket without one sends from.
  func address(like peer: VirtualAddress) -> VirtualAddress? { addresses.first { $0.family == peer.family } }

  func interface(of address: VirtualAddress) -> UInt32 {
    interfaces.first { $0.address.isSameHost(as: address) }?.index ?? 0
  }

  /// A datagram came; false = nobody listens there.
  func arrived(_ datagram: VirtualDatagram) -> Bool {
    let stamp = clock.stamp(.kernel, at: stampNow)
    // A connected socket is nearer than one that takes every peer.
    for connected in [true, false] {
      for provider in providers {
        guard let socket = provider.backend.socket(for: datagram, connected: connected) else { continue }
        world.schedule(
          .delivery(provider.backend, socket: socket, datagram, stamp), at: world.now + receiveLatency)
        return true
      }
    }
    return false
  }

  /// A datagram of this host's found nobody.
  func refused(_ datagram: VirtualDatagram) {
    for provider in providers { provider.backend.refused(datagram) }
  }

  func isBusy(_ local: VirtualAddress) -> Bool {
    providers.contains { $0.backend.holds(local) }
  }
}

/// A provider that runs on a virtual host.
package struct VirtualProvider {
  package let instance: ProviderInstance
  package let outbox: ProviderOutbox
  let backend: VirtualBackend

  /// Samples since the last call, in order; the outbox holds a limited number.
  package func drain() -> [Sample] {
    var samples: [Sample] = []
    outbox.drain(news: { _ in }, sample: { samples.append($0) })
    return samples
  }

  /// Log lines and events since the last call, as text.
  package func messages() -> [String] {
    var texts: [String] = []
    while let message = outbox.messages.next() { texts.append(message.text) }
    return texts
  }

  /// The settings of sockets that are open now, for tests: how many there are.
  package var openSockets: Int { backend.openSockets }
}
