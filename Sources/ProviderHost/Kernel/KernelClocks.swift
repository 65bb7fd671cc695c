// SPDX-License-Identifier: Apache-2.0

import ClockPort
package import LinuxKernel
package import TimeTypes

/// Turns kernel stamps and readings into stamps of the disciplined clock, each with its raw time: in the daemon from the clock's own
/// history, in a child process from the shared `ClockLinePage`.
///
/// One per loop; its thread calls `refresh` after each wake-up and `stamp`; `read` and `another` are for any thread.
package final class KernelClocks: @unchecked Sendable {
  // Sound to share: `stamper`, `map` and `hardware` belong to the loop's thread; the source and the page are seqlocks.
  enum Mode {
    case host(ClockStampSource)
    case child(ClockLinePage)
  }

  let mode: Mode
  var stamper: ClockStamper?
  private var map: RealtimeRawMap?
  /// The cards' clocks; empty in a child, which has no rights to them.
  var hardware: CardClocks
  /// The interfaces whose cards stamp what is sent.
  package let hardwareInterfaces: HardwareInterfaceSet
  private let stamping: HardwareStamping
  /// Where nearly all stamps of a wake-up lie, if the disciplined clock is the kernel's. [capture]
  private(set) var piece: StampLine?
  private(set) var olderPiece: StampLine?

  /// In the daemon. With cards that stamp it takes 50 ms: their clocks are looked at.
  package init(_ source: ClockStampSource, hardware stamping: HardwareStamping = HardwareStamping()) {
    mode = .host(source)
    stamper = ClockStamper(source)
    self.stamping = stamping
    hardware = CardClocks(stamping)
    hardwareInterfaces = stamping.indices
    begin()
  }

  /// In the daemon, for a worker: its thread calls `begin`; what it sees of the cards' clocks it keeps to itself.
  private init(forWorkerOf source: ClockStampSource, _ stamping: HardwareStamping) {
    mode = .host(source)
    stamper = ClockStamper(source)
    self.stamping = stamping
    hardware = CardClocks(stamping, isReporting: false)
    hardwareInterfaces = stamping.indices
  }

  /// In a child process.
  package init(page: ClockLinePage) {
    mode = .child(page)
    map = RealtimeRawMap(owner: nil)
    stamping = HardwareStamping()
    hardware = CardClocks(HardwareStamping())
    hardwareInterfaces = HardwareInterfaceSet()
  }

  /// Looks at the clocks of the cards that stamp, if there are any: blocks for 50 ms. On the loop's own thread, before the loop.
  func begin() {
    if !hardware.isEmpty { hardware.prime() }
  }

  /// The same for another thread's loop, which is to call `begin` first. [any]
  package func another() -> KernelClocks {
    switch mode {
    case .host(let source): KernelClocks(forWorkerOf: source, stamping)
    case .child(let page): KernelClocks(page: page)
    }
  }

  /// Called after each wake-up, before stamps are turned. [capture]
  package func refresh() {
    stamper?.refresh()
    map?.refresh()
    piece = stamper?.piece
    olderPiece = stamper?.olderPiece
  }

  /// Whether a kernel's stamp is later than the last reading of the clocks, as far as that matters. [capture]
  func isBehind(_ realtime: Int64) -> Bool { piece.map { !$0.reaches(realtime: realtime) } ?? false }

  /// A kernel's software stamp (CLOCK_REALTIME) as one of the disciplined clock; the packet is not older than `notBefore`.
  /// [capture]
  func stamp(realtime: Int64, notBefore: RawInstant) -> Stamp? {
    if let stamper { return stamper.stamp(realtimeNanoseconds: realtime, notBefore: notBefore) }
    guard case .child(let page) = mode, let map else { return nil }
    let found = map.pair(ofRealtime: realtime, notBefore: notBefore).pair
    switch page.read() {
    case .realtime(let era):
      return Stamp(
        clock: .system, kind: .kernel, era: era, time: found.time, raw: found.raw,
        errorNanoseconds: found.errorNanoseconds)
    case .virtual(let line):
      return Self.stamp(line, raw: found.raw, kind: .kernel, error: found.errorNanoseconds)
    case nil: return nil
    }
  }

  /// The clock now, nil = no such clock. [any]
  package func read(_ clock: ClockID) -> Stamp? {
    guard clock == .system else { return nil }
    switch mode {
    case .host(let source):
      // On a server's reply path: the kernel knows the time, only the era is ours.
      if source.kind == .system { return Self.realtime(era: source.history.lastEra) }
      var history = ClockHistoryReader(source.history)
      history.refresh()
      let raw = RawClock.now()
      guard let found = history.segments.pair(at: raw) else { return nil }
      return Stamp(
        clock: clock, kind: .user, era: found.era, time: found.pair.time, raw: raw,
        errorNanoseconds: found.pair.errorNanoseconds)
    case .child(let page):
      switch page.read() {
      case .realtime(let era): return Self.realtime(era: era)
      case .virtual(let line): return Self.stamp(line, raw: RawClock.now(), kind: .user, error: 0)
      case nil: return nil
      }
    }
  }

  private static func realtime(era: ClockEra) -> Stamp {
    let now = ClockPair.realtime()
    return Stamp(
      clock: .system, kind: .user, era: era, time: now.time, raw: now.raw, errorNanoseconds: now.errorNanoseconds)
  }

  /// What the line shows at a raw moment.
  private static func stamp(_ line: ClockReading, raw: RawInstant, kind: StampKind, error: UInt32) -> Stamp {
    let elapsed = raw - line.raw
    let gained = TimeInterval(nanosecondsAsDouble: elapsed.inNanoseconds * line.frequency.ratio)
    return Stamp(
      clock: line.clock, kind: kind, era: line.era, time: line.time + elapsed + gained, raw: raw,
      errorNanoseconds: error)
  }
}

extension ClockLinePage {
  /// Tells children where the clock is now: call after every change of it and before a child starts. [discipline]
  package func publish(_ source: ClockStampSource) {
    var history = ClockHistoryReader(source.history)
    history.refresh()
    guard let last = history.segments.last else { return }
    switch source.kind {
    case .system: publish(.realtime(era: last.era))
    case .virtual:
      publish(
        .virtual(
          ClockReading(clock: source.clock, era: last.era, raw: last.raw, time: last.time, frequency: last.frequency)))
    }
  }
}
