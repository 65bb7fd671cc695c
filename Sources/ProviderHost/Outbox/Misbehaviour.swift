// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TimeTypes

/// What a provider can do wrong. Each is counted and refused, none is a trap.
package enum Misbehaviour: Int, CaseIterable, Sendable {
  /// A command, init, start or stop took longer than 500 ms.
  case lateCall
  /// Samples published while not started.
  case publishedWhileStopped
  /// A host function used in a state in which it is not allowed.
  case wrongState
  /// A struct with a wrong `size`, a null pointer where none may be, a reply longer than its request.
  case badArgument
  /// A sample of a clock that is not there.
  case wrongClock
  /// A sample older than the one before it, or from the future.
  case notMonotone
  /// A sample with leap, stratum, timescale, stamp kind or an error term out of range, or with reserved bits set.
  case outOfRange
  /// A sample, an update or a removal of a source that this provider does not have.
  case unknownSource
  /// Two threads in a call that only one may make.
  case concurrentCall
  /// A child process sent a frame that is not one.
  case badFrame
  /// A call on a worker's thread that only the owner's may make.
  case wrongThread
  /// More samples, questions or messages in a second than any time source has reason for.
  case flood
  /// It asked for a socket, a device, a file or a name that its configuration does not grant.
  case notGranted

  /// For people: "12 × <text>".
  package var text: String {
    switch self {
    case .lateCall: "call that took longer than 500 ms"
    case .publishedWhileStopped: "sample published while stopped"
    case .wrongState: "host function called in the wrong state"
    case .badArgument: "bad argument to a host function"
    case .wrongClock: "sample of an unknown clock"
    case .notMonotone: "sample older than the one before it or from the future"
    case .outOfRange: "sample with a value out of range"
    case .unknownSource: "sample or update of a source that is not the provider's"
    case .concurrentCall: "two threads in a call meant for one"
    case .badFrame: "malformed message from the child process"
    case .wrongThread: "host function called on a worker's thread"
    case .flood: "flood: more samples or questions in a second than a time source has"
    case .notGranted: "asked for something that none of its settings names"
    }
  }
}

/// Counters that any thread may raise and read, made once per provider.
@safe package final class ProviderCounters: @unchecked Sendable {
  // Sound to share: the block is fixed and every access is atomic.
  private let cells: UnsafeMutablePointer<Atomic<UInt64>>
  // Places of the counters that are no misbehaviour; those of misbehaviour come after. No use of `allCases` where it is counted:
  // that makes an array each time.
  private static var publishedAt: Int { 0 }
  private static var ringFullAt: Int { 1 }
  private static var droppedAt: Int { 2 }
  private static var droppedCommandAt: Int { 3 }
  private static var secondAt: Int { 4 }
  private static var inSecondAt: Int { 5 }
  private static var firstKind: Int { 6 }
  private let samplesPerSecond: UInt64

  init(samplesPerSecond: UInt64 = .max) {
    self.samplesPerSecond = samplesPerSecond
    // Sound: allocated and initialised here, freed in deinit.
    let count = Self.firstKind + Misbehaviour.allCases.count
    unsafe cells = .allocate(capacity: count)
    for index in 0..<count { unsafe (cells + index).initialize(to: Atomic(0)) }
  }

  deinit { unsafe cells.deallocate() }

  // Sound: `index` is one of the places above or of a case's, all inside the block.
  private func add(_ index: Int, _ amount: UInt64) {
    _ = unsafe cells[index].wrappingAdd(amount, ordering: .relaxed)
  }

  private func value(_ index: Int) -> UInt64 { unsafe cells[index].load(ordering: .relaxed) }

  /// Whether one sample more is to be looked at in this second; what is beyond the limit is counted as a flood. One caller.
  func admit(_ now: RawInstant) -> Bool {
    let second = UInt64(bitPattern: now.nanoseconds / 1_000_000_000)
    if value(Self.secondAt) != second {
      unsafe cells[Self.secondAt].store(second, ordering: .relaxed)
      unsafe cells[Self.inSecondAt].store(0, ordering: .relaxed)
    }
    let taken = value(Self.inSecondAt)
    guard taken < samplesPerSecond else {
      count(.flood)
      return false
    }
    unsafe cells[Self.inSecondAt].store(taken &+ 1, ordering: .relaxed)
    return true
  }

  func count(_ what: Misbehaviour, _ amount: UInt64 = 1) { add(Self.firstKind + what.rawValue, amount) }
  func countPublished(_ amount: UInt64) { add(Self.publishedAt, amount) }
  func countRingFull(_ amount: UInt64) { add(Self.ringFullAt, amount) }
  func countDroppedMessage() { add(Self.droppedAt, 1) }
  func countDroppedCommand() { add(Self.droppedCommandAt, 1) }

  package subscript(_ what: Misbehaviour) -> UInt64 { value(Self.firstKind + what.rawValue) }
  /// Samples taken into the ring.
  package var published: UInt64 { value(Self.publishedAt) }
  /// Valid samples that found the ring full.
  package var ringFull: UInt64 { value(Self.ringFullAt) }
  /// Log lines and events that found their queue full.
  package var droppedMessages: UInt64 { value(Self.droppedAt) }
  /// Commands to the provider that found its queue full.
  package var droppedCommands: UInt64 { value(Self.droppedCommandAt) }
  /// Sum over all kinds of misbehaviour.
  package var misbehaviour: UInt64 { Misbehaviour.allCases.reduce(0) { $0 &+ self[$1] } }
}
