// SPDX-License-Identifier: Apache-2.0

package import CardLines
package import ProviderKit
package import TimeTypes

/// One PTP hardware clock as a source: which of its readings are believed, and what they say. Pure; [capture].
///
/// Whether a clock runs, stands still, runs wild or jumped is told by the same line as for network cards (`CardLine`).
package struct HardwareClockSource: Sendable {
  package enum Outcome: Hashable, Sendable, BitwiseCopyable {
    case sample(HardwareClockSample)
    /// More readings are wanted first.
    case nothing
    case refused(HardwareClockFault)
  }

  package enum State: Hashable, Sendable, BitwiseCopyable {
    case waiting
    case gathering
    case running
    case unlocked(UnlockReason)
    case refusing(HardwareClockFault, by: TimeInterval)
  }

  package let options: HardwareClockOptions
  package private(set) var state = State.waiting
  package private(set) var line = CardLine()
  /// Readings, and those that became samples.
  package private(set) var readings: UInt32 = 0
  package private(set) var used: UInt32 = 0
  package private(set) var jumps: UInt32 = 0
  private var refused = InlineArray<6, UInt32>(repeating: 0)
  private var whole = WholeOffset()
  /// Of the round under way.
  private var best: HardwareClockSample?
  private var round = 0
  /// It jumped, and is not believed until then.
  private var heldUntil: RawInstant?

  package init(_ options: HardwareClockOptions) { self.options = options }

  package func count(of fault: HardwareClockFault) -> UInt32 { refused[Int(fault.rawValue)] }

  package var refusedInAll: UInt32 { HardwareClockFault.allCases.reduce(0) { $0 &+ count(of: $1) } }

  /// The device is gone: nothing of before holds.
  package mutating func lost() {
    line = CardLine()
    whole.reset()
    (best, round, heldUntil, state) = (nil, 0, nil, .waiting)
  }

  /// A reading: what the clock showed, the disciplined clock at the same moment, and how far the two may be apart.
  package mutating func take(
    shown: TimeInterval, errorNanoseconds: UInt32, _ stamp: Stamp, _ followed: FollowedTime?
  ) -> Outcome {
    readings &+= 1
    switch line.take(PHCReading(raw: stamp.raw, device: shown, errorNanoseconds: errorNanoseconds)) {
    case .taken, .recovered, .bent: break
    case .resumed:
      whole.reset()
      hold(from: stamp.raw)
    case .jumped:
      jumps &+= 1
      whole.reset()
      hold(from: stamp.raw)
      return refuse(.jumped)
    case .doubted: return refuse(.doubted)
    case .stopped: return refuse(.stopped)
    case .wild: return refuse(.wild)
    case .stale: return refuse(.doubted)
    }
    guard line.state == .running else {
      if line.state == .starting { state = .gathering }
      return .nothing
    }
    return judge(shown, errorNanoseconds, stamp, followed)
  }

  private mutating func judge(
    _ shown: TimeInterval, _ error: UInt32, _ stamp: Stamp, _ followed: FollowedTime?
  ) -> Outcome {
    var reference = shown + options.offset
    if options.findsOffset {
      switch whole.take(shown: reference, stamp, followed) {
      case .seconds(let seconds): reference = reference + .seconds(seconds)
      case .unlocked(let reason):
        state = .unlocked(reason)
        return refuse(.unlocked)
      case .notWhole(let rest): return refuse(.notWhole, by: rest)
      }
    }
    if let heldUntil, stamp.raw < heldUntil {
      let isConfirmed = agrees(reference, stamp, followed)
      guard isConfirmed else { return refuse(.jumped, by: reference - stamp.time) }
    }
    heldUntil = nil
    state = .running
    let sample = HardwareClockSample(
      stamp: stamp, reference: reference, errorNanoseconds: error,
      timescale: options.timescale == .tai && !options.findsOffset ? .tai : .utc)
    if best.map({ error < $0.errorNanoseconds }) ?? true { best = sample }
    round += 1
    guard round >= options.readings, let narrowest = best else { return .nothing }
    (best, round) = (nil, 0)
    used &+= 1
    return .sample(narrowest)
  }

  /// After a jump: as far as the followed time can be wrong. TAI is taken to UTC by whole seconds, for which nobody is asked here.
  private func agrees(_ reference: TimeInterval, _ stamp: Stamp, _ followed: FollowedTime?) -> Bool {
    guard FollowedTime.reason(followed, at: stamp.raw, era: stamp.era) == nil,
      let bound = followed?.bound(at: stamp.raw)
    else { return false }
    var gap = (reference - stamp.time).nanoseconds
    if options.timescale == .tai, !options.findsOffset {
      gap %= 1_000_000_000
      if gap > 500_000_000 { gap -= 1_000_000_000 }
      if gap < -500_000_000 { gap += 1_000_000_000 }
    }
    return TimeInterval(nanoseconds: gap).magnitude <= bound + .milliseconds(1)
  }

  private mutating func hold(from raw: RawInstant) {
    heldUntil = raw + options.hold
    (best, round) = (nil, 0)
  }

  private mutating func refuse(_ fault: HardwareClockFault, by interval: TimeInterval = .zero) -> Outcome {
    refused[Int(fault.rawValue)] &+= 1
    if fault != .unlocked, fault != .doubted { state = .refusing(fault, by: interval) }
    return .refused(fault)
  }
}

/// Why a reading is not used.
package enum HardwareClockFault: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// It contradicts the ones before; the next one decides.
  case doubted
  /// The clock stands still.
  case stopped
  /// It runs more than 1 % wrong.
  case wild
  /// It jumped, and nothing confirms where it is now.
  case jumped
  /// The whole seconds of its offset cannot be found out.
  case unlocked
  /// Its offset is no whole number of seconds.
  case notWhole

  package var text: String {
    switch self {
    case .doubted: "doubted"
    case .stopped: "of a stopped clock"
    case .wild: "of a wild clock"
    case .jumped: "after a jump"
    case .unlocked: "without an offset"
    case .notWhole: "no whole seconds off"
    }
  }
}

/// A reading that is believed.
package struct HardwareClockSample: Hashable, Sendable, BitwiseCopyable {
  package var stamp: Stamp
  package var reference: TimeInterval
  package var errorNanoseconds: UInt32
  package var timescale: HardwareClockOptions.Timescale
}

extension HardwareClockSource.State {
  /// One line for people, "" = all is well.
  package var text: String {
    switch self {
    case .waiting: "not read yet"
    case .gathering: "the first readings are gathered"
    case .running: ""
    case .unlocked(let reason): "its offset in whole seconds is not known: \(reason.text)"
    case .refusing(let fault, let interval):
      switch fault {
      case .stopped: "the clock stands still"
      case .wild: "the clock runs more than 1 % wrong"
      case .jumped: "the clock jumped, and nothing confirms where it is now (\(interval.millisecondsText) ms off)"
      case .notWhole: "the clock is not whole seconds off: \(interval.millisecondsText) ms beside one"
      case .doubted, .unlocked: "readings are refused: \(fault.text)"
      }
    }
  }
}
