// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import LinuxKernel
import Synchronization
package import TimeTypes

/// A provider's time, sockets, timers and names from the real kernel, over an `EventLoop`; in the daemon and in a child alike.
///
/// The owner of the loop hands it the loop's events (`ProviderLoop` does). One thread, the loop's, except where tagged [any].
/// Sending, receiving and error queues reuse packet buffers made at init.
@safe
package final class KernelBackend: ProviderBackend, @unchecked Sendable {
  // Sound to share: only `rawNow`, `read`, `fillRandom`, `clockPage`, `localAddress` and `requestPoll` come from other threads, and
  // they touch nothing but atomics and constants.

  /// What one event of the loop is about: the instance, and which of its sockets or timers.
  enum Token {
    static let socket: UInt64 = 1
    static let timer: UInt64 = 2
    static let poll: UInt64 = 3
    static let overdue: UInt64 = 4
    static let answer: UInt64 = 5
    static let device: UInt64 = 6
    static let deviceLook: UInt64 = 7
    static let stream: UInt64 = 8
    static let streamDue: UInt64 = 9
    static let secretLook: UInt64 = 10

    static func make(_ number: UInt16, _ kind: UInt64, _ id: UInt32) -> UInt64 {
      UInt64(number) << 48 | kind << 32 | UInt64(id)
    }

    static func kind(_ token: UInt64) -> UInt64 { token >> 32 & 0xffff }
  }

  /// A place for a socket: open while it has a handle. A closed socket stays where it is and is opened again for the next request
  /// (a client opens one for each), so that nothing is allocated.
  struct Place {
    var handle: UInt32 = 0
    var socket: UDPSocket?
    /// When nothing was waiting last: what comes now is not older.
    var emptyAt = RawInstant(nanoseconds: .min)
  }

  let number: UInt16
  /// Which of its provider's workers it receives for; 0 is the owner's, and the only one with timers, names and commands.
  let worker: Int
  let loop: EventLoop
  let clocks: KernelClocks
  let page: UInt
  /// Who opens what the provider asks for.
  let opener: any DescriptorOpener
  let lookups: any HostLookups
  weak var instance: ProviderInstance?
  var places = [Place](repeating: Place(), count: KernelBackend.socketLimit)
  /// Their addresses, for any thread.
  let addresses = SocketAddressTable(count: KernelBackend.socketLimit)
  /// One past the last place that was ever used.
  var used = 0
  var lastHandle: UInt32 = 0
  let receiveBuffer: PacketBuffer
  let sendBuffer: PacketBuffer
  /// Of all sockets: a client opens one for each request.
  let errorBuffer: PacketBuffer
  let packets: UnsafeMutablePointer<tompion_packet_t>
  var busyPolling: BusyPollTable
  var hasToldBusyPoll = false
  var resolver: NameResolver
  private let wantsPoll = Atomic<Bool>(false)
  var polling = false
  /// How devices that mark moments are read.
  let markCalls: MarkCalls
  /// How soon a lost device is looked for again.
  var reopening = TimeInterval.seconds(1)
  /// From the first one on.
  var devices: HostedDevices?
  var streams: HostedStreams?
  /// What the provider keeps; in memory alone unless its owner gave it a directory.
  package let keptStore: ProviderStore
  package var store: ProviderStore? { keptStore }
  /// The one of all providers of the loop; set by it, before anything is opened.
  package internal(set) var authentication: AuthenticationRouter?
  var secrets: [HeldSecret] = []
  /// Settings whose files could not be read when they were asked for last.
  var unreadSecrets: [String] = []
  /// How often the files of secrets are looked at.
  var secretInterval = TimeInterval.seconds(10)
  /// What the other workers receive, too.
  var shared: [SharedSocket] = []
  /// The other workers, while they run.
  var others: [ReceiveWorker] = []
  /// How their threads are to run; each has a name of its own.
  package var workerOptions = RoleThreadOptions(name: "worker")
  /// At most so many sockets are open at a time.
  static let socketLimit = 256
  /// The longest datagram; also what `receive_capacity` may ask for.
  static let longestDatagram = 2048
  static let batch = 32
  /// So many full batches of one socket are taken before anybody else's turn: two milliseconds.
  static let batchesInTurn = 16
  /// Bytes of the receive buffer of a server's socket, as far as the system allows: some thousand requests.
  static let serverReceiveBuffer = 2 << 20
  /// A TX stamp that has not come by then is given up.
  static let stampPatience = TimeInterval.milliseconds(50)
  /// A card's stamp that has not come so long after the packet was sent is given up, and the kernel's is told: before the NTP client's
  /// own patience with a reply in hand ends (2 ms).
  static let hardwarePatience = TimeInterval.microseconds(1500)

  /// `number` is the instance's; `clockPage` the page for clock-info/1, which outlives the backend.
  package init(
    number: UInt16, loop: EventLoop, clocks: KernelClocks, clockPage: UnsafePointer<tompion_clock_page_t>?,
    worker: Int = 0, opener: any DescriptorOpener = SystemOpener(), lookups: any HostLookups = SystemLookups(),
    markCalls: MarkCalls = .kernel, store: ProviderStore = ProviderStore()
  ) throws(KernelError) {
    self.opener = opener
    self.lookups = lookups
    self.number = number
    self.worker = worker
    self.markCalls = markCalls
    keptStore = store
    self.loop = loop
    self.clocks = clocks
    self.page = UInt(bitPattern: clockPage)
    busyPolling = BusyPollTable(loop.interfaceBusyPoll, otherwise: UInt32(clamping: (loop.busyPoll ?? 0) / 1000))
    receiveBuffer = try PacketBuffer(slots: Self.batch, capacity: Self.longestDatagram)
    sendBuffer = try PacketBuffer(slots: worker == 0 ? 32 : 1, capacity: Self.longestDatagram)
    errorBuffer = try PacketBuffer(slots: 1, capacity: Self.longestDatagram)
    resolver = NameResolver(waker: loop.waker)
    // Sound: as many as slots, plain data zeroed by its initialiser, freed in deinit.
    unsafe packets = .allocate(capacity: Self.batch)
    unsafe packets.initialize(repeating: tompion_packet_t(), count: Self.batch)
  }

  deinit {
    detach()
    unsafe packets.deallocate()
  }

  package func attach(_ instance: ProviderInstance) { self.instance = instance }

  package func detach() {
    stopWorkers()
    shared = []
    for index in 0..<used { retire(index) }
    closeDevices()
    closeStreams()
    closeSecrets()
    // Every timer with this number, whatever it is for.
    loop.disarm(matching: Token.make(number, 0, 0), mask: 0xffff << 48)
    polling = false
    wantsPoll.store(false, ordering: .relaxed)
    resolver.forget()
  }

  // MARK: time

  package func rawNow() -> RawInstant { RawClock.now() }
  package func read(_ clock: ClockID) -> Stamp? { clocks.read(clock) }

  package func stamp(realtime nanoseconds: Int64) -> Stamp? {
    let now = rawNow()
    clocks.refresh()
    guard var stamp = clocks.stamp(realtime: nanoseconds, notBefore: now - Self.realtimeMemory),
      stamp.raw > now - Self.realtimeMemory, stamp.raw < now + .seconds(1)
    else { return nil }
    stamp.kind = .user
    return stamp
  }

  package func fillRandom(_ bytes: UnsafeMutableRawBufferPointer) {
    // getrandom(2) does not fail once the host is up; if it does, people have to know.
    var tries = 0
    while tries < 3 {
      do throws(KernelError) {
        // Sound: exactly the caller's buffer.
        try unsafe RandomBytes.fill(bytes)
        return
      } catch {
        tries += 1
      }
    }
    instance?.log(.error, "getrandom(2) failed: random bytes are predictable")
  }

  package func clockPage(_ clock: ClockID) -> UnsafePointer<tompion_clock_page_t>? {
    // Sound: the address came in by init as such a pointer and outlives the backend.
    clock == .system ? unsafe UnsafePointer(bitPattern: page) : nil
  }

  // MARK: timers

  package func arm(timer: UInt32, deadline: RawInstant) -> Bool {
    loop.arm(Token.make(number, Token.timer, timer), at: deadline)
  }

  package func disarm(timer: UInt32) {
    loop.disarm(Token.make(number, Token.timer, timer))
  }

  package func requestPoll() {
    wantsPoll.store(true, ordering: .releasing)
    if let waker = loop.waker { waker.wake() } else { beginPolling() }
  }

  func beginPolling() {
    guard !polling, wantsPoll.load(ordering: .acquiring) else { return }
    polling = loop.arm(Token.make(number, Token.poll, 0), at: RawClock.now() + .seconds(1))
  }
}
