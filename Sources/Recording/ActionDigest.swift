// SPDX-License-Identifier: Apache-2.0

import ClockPort
package import Engine
import TimeTypes

/// 64 bits of what an engine asked for: equal digests mean the same actions, bit for bit. [discipline]
///
/// FNV-1a's step over whole words instead of bytes, with a rotation, so that a sign alone, in two words, does not cancel out. Each
/// step is one to one, so that one word that differs always shows. It keeps no secret.
package struct ActionDigest: Sendable, BitwiseCopyable, Equatable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  @_noAllocation @_noLocks
  package init() {}

  /// The digest of what one event led to.
  @_noAllocation @_noLocks
  package init(_ actions: borrowing Actions) {
    for position in 0..<actions.count { add(actions[position]) }
  }

  @_noAllocation @_noLocks
  package mutating func add(_ word: UInt64) {
    let mixed = (value ^ word) &* 0x100_0000_01b3
    value = mixed << 29 | mixed >> 35
  }

  @_noAllocation @_noLocks
  private mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

  @_noAllocation @_noLocks
  private mutating func add(_ interval: TimeInterval) {
    add(interval.nanoseconds)
    add(UInt64(interval.subnanoseconds))
  }

  @_noAllocation @_noLocks
  private mutating func add(_ frequency: Frequency) { add(frequency.ratio.bitPattern) }

  @_noAllocation @_noLocks
  package mutating func add(_ action: Action) {
    switch action {
    case .adjust(let clock, let frequency):
      add(UInt64(1) << 32 | UInt64(clock.rawValue))
      add(frequency)
    case .step(let clock, let interval):
      add(UInt64(2) << 32 | UInt64(clock.rawValue))
      add(interval)
    case .setStatus(let clock, let status):
      add(UInt64(3) << 32 | UInt64(clock.rawValue))
      add(UInt64(status.synchronized ? 1 : 0) << 8 | UInt64(status.leap.rawValue))
      add(status.maximumError)
      add(status.estimatedError)
      add(optional: status.taiOffset)
    case .publish(let state):
      add(UInt64(4) << 32 | UInt64(state.clock.rawValue))
      add(state)
    case .requestPoll(let source, let poll):
      add(UInt64(5) << 32 | UInt64(source.rawValue))
      add(Int64(poll))
    case .log(let event):
      add(UInt64(6) << 32)
      add(event)
    }
  }

  @_noAllocation @_noLocks
  private mutating func add(optional number: Int16?) {
    if let number { add(Int64(number)) } else { add(UInt64(1) << 63) }
  }

  @_noAllocation @_noLocks
  private mutating func add(_ state: TimeState) {
    add(UInt64(state.synchronized ? 1 : 0) << 16 | UInt64(state.leap.rawValue) << 8 | UInt64(state.stratum))
    add(UInt64(state.referenceID.rawValue) << 32 | UInt64(state.era.rawValue))
    add(state.raw.nanoseconds)
    add(state.referenceTime)
    add(state.rootDelay)
    add(state.rootDispersion)
    add(state.dispersionRate)
    add(state.statisticalRate)
    add(state.boundStatistical)
    add(state.boundHard)
    add(state.offset)
    add(state.frequency)
    add(state.jitter)
    if let source = state.systemSource { add(UInt64(source.rawValue)) } else { add(UInt64(1) << 63) }
    add(optional: state.taiOffset)
  }

  @_noAllocation @_noLocks
  private mutating func add(_ event: EngineEvent) {
    switch event {
    case .tooBig(let sample, let offset, let limit):
      add(UInt64(1) << 32 | UInt64(sample.source.rawValue))
      add(UInt64(sample.sequence))
      add(offset)
      add(limit)
    case .localClockSuspect(let offset, let agreeing, let of):
      add(UInt64(2) << 32 | UInt64(agreeing) << 8 | UInt64(of))
      add(offset)
    case .systemSourceChanged(let source, let stratum):
      add(UInt64(3) << 32 | UInt64(stratum))
      if let source { add(UInt64(source.rawValue)) } else { add(UInt64(1) << 63) }
    case .synchronized(let source): add(UInt64(4) << 32 | UInt64(source.rawValue))
    case .unsynchronized(let last):
      add(UInt64(5) << 32)
      add(last.nanoseconds)
    case .falseticker(let source, let offset):
      add(UInt64(6) << 32 | UInt64(source.rawValue))
      add(offset)
    case .stepped(let interval):
      add(UInt64(7) << 32)
      add(interval)
    case .clockMoved(let interval):
      add(UInt64(8) << 32)
      add(interval)
    case .clockRefused(let error):
      add(UInt64(9) << 32)
      add(UInt64(error.code))
    case .clockAccepted: add(UInt64(10) << 32)
    case .leapArmed(let leap): add(UInt64(11) << 32 | UInt64(leap.rawValue))
    case .sourceRefused(let source, let capacity):
      add(UInt64(12) << 32 | UInt64(source.rawValue))
      add(UInt64(capacity))
    case .sourceRestarted(let source, let offset):
      add(UInt64(13) << 32 | UInt64(source.rawValue))
      add(offset)
    case .localClockAccepted: add(UInt64(14) << 32)
    case .revalidated: add(UInt64(15) << 32)
    case .clockFrequencyChanged(let frequency):
      add(UInt64(16) << 32)
      add(frequency)
    case .leapPassed(let interval):
      add(UInt64(17) << 32)
      add(interval)
    case .smearingLeftOut(let source): add(UInt64(18) << 32 | UInt64(source.rawValue))
    case .noMajority: add(UInt64(19) << 32)
    }
  }
}

extension ClockError {
  /// A number of its own: errno in the low half.
  var code: UInt64 {
    @_noAllocation @_noLocks get {
      switch self {
      case .notPermitted: 1 << 32
      case .invalidValue: 2 << 32
      case .unsupported: 3 << 32
      case .observing: 4 << 32
      case .system(let errno): 5 << 32 | UInt64(UInt32(bitPattern: errno))
      }
    }
  }

  init?(code: UInt64) {
    switch code {
    case 1 << 32: self = .notPermitted
    case 2 << 32: self = .invalidValue
    case 3 << 32: self = .unsupported
    case 4 << 32: self = .observing
    default:
      guard code >> 32 == 5 else { return nil }
      self = .system(errno: Int32(truncatingIfNeeded: code))
    }
  }
}
