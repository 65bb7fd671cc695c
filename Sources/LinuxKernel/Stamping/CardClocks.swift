// SPDX-License-Identifier: Apache-2.0

import CardLines
package import TimeTypes

/// Turns stamps of cards into raw time: one thread's own lines of the cards' clocks. [capture]
///
/// A clock is read when a stamp of it is to be turned and the last reading is older than half a second, so that the line is freshest
/// where it is used and nobody wakes up for it. Nothing is allocated after init.
package struct CardClocks: Sendable {
  private struct Clock: Sendable {
    var device: PHCDevice
    var line = CardLine()
    var readings: UInt64 = 0
    var failures: UInt64 = 0
    /// When it was last read, or could not be.
    var looked: RawInstant?
  }

  package let interfaces: [StampedInterface]
  package let report: HardwareReport
  private var clocks: [Clock]
  private let rawNow: @Sendable () -> RawInstant
  /// Whether it writes how the clocks are into `report`, which has one row for each clock.
  private let isReporting: Bool

  /// Readings older than that are not enough to turn a stamp.
  static let freshness = TimeInterval.milliseconds(500)
  /// A line that is in doubt, or begins, wants its next reading sooner.
  static let impatience = TimeInterval.milliseconds(25)

  /// Of the threads that turn stamps of the same cards one reports how their clocks are: two lines of one clock need not agree on what
  /// they saw. What became of the stamps is counted by all.
  package init(
    _ stamping: HardwareStamping, isReporting: Bool = true, rawNow: @escaping @Sendable () -> RawInstant = RawClock.now
  ) {
    self.isReporting = isReporting
    interfaces = stamping.interfaces
    report = stamping.report
    clocks = stamping.devices.map { Clock(device: $0) }
    self.rawNow = rawNow
  }

  package var isEmpty: Bool { interfaces.isEmpty }

  /// Where the interface of that index is in `interfaces`; nil = its card does not stamp.
  package func place(of index: UInt32) -> Int? {
    for place in 0..<interfaces.count where interfaces[place].index == index { return place }
    return nil
  }

  /// Begins the lines: three readings of each clock, apart by what a rate needs. Blocks for 50 ms. [control, at the start]
  package mutating func prime(pause: () -> Void = { Pause.milliseconds(25) }) {
    for round in 0..<3 {
      if round > 0 { pause() }
      for index in clocks.indices { read(index) }
    }
  }

  /// The raw moment at which the card's clock of that interface showed `nanoseconds`; nil where that cannot be told now.
  package mutating func raw(
    of nanoseconds: Int64, place: Int
  ) -> (raw: RawInstant, errorNanoseconds: UInt32)? {
    let index = interfaces[place].device
    let pause = clocks[index].line.state == .running ? Self.freshness : Self.impatience
    let age = clocks[index].looked.map { rawNow() - $0 } ?? pause
    if age >= pause { read(index) }
    return clocks[index].line.raw(of: TimeInterval(nanoseconds: nanoseconds))
  }

  private mutating func read(_ index: Int) {
    // A disturbed reading is repeated: only what is wrong every time is in doubt.
    for _ in 0..<3 {
      do throws(KernelError) {
        let reading = try clocks[index].device.read()
        clocks[index].readings &+= 1
        let verdict = clocks[index].line.take(reading)
        guard verdict == .doubted else { break }
      } catch {
        clocks[index].failures &+= 1
        break
      }
    }
    clocks[index].looked = rawNow()
    guard isReporting else { return }
    report.store(
      clocks[index].line, failures: clocks[index].failures, readings: clocks[index].readings, clock: index)
  }
}
