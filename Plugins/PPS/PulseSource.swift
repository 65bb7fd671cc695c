// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// One source of pulses: gate, edges, numbering. Pure: edges come in with what is known of the clock, what to make of each goes out.
/// [capture]
package struct PulseSource: Sendable, BitwiseCopyable {
  package enum Outcome: Hashable, Sendable, BitwiseCopyable {
    case sample(PulseSample)
    /// Three pulses make a beat, four a width; or the other edge.
    case nothing
    case refused(PulseFault)
  }

  /// What people are told of a source. Changes are events.
  package enum State: Hashable, Sendable, BitwiseCopyable {
    /// No pulse yet, or the device is gone.
    case waiting
    /// Pulses, but no beat yet.
    case gathering
    case locked
    case unlocked(UnlockReason)
    /// Each pulse is refused for that reason; `gap`: to the nearest second, where that matters.
    case refusing(PulseFault, gap: TimeInterval)
  }

  package let options: PulseOptions
  package private(set) var counters = PulseCounters()
  package private(set) var state = State.waiting
  package private(set) var gate: PulseGate
  package private(set) var edges = EdgeWatch()
  private var jitter = PulseJitter()
  private var lastSequence: UInt32?

  package init(_ options: PulseOptions) {
    self.options = options
    gate = PulseGate(tolerance: options.tolerance, tellsEdges: !options.isHardwareClock)
  }

  /// The device is gone: nothing of before holds.
  package mutating func lost() {
    gate.reset()
    edges = EdgeWatch()
    jitter = PulseJitter()
    lastSequence = nil
    state = .waiting
  }

  /// The edge that is not in use.
  package mutating func takeOther(_ pulse: Pulse) { edges.take(other: pulse.raw, after: gate.beat) }

  package mutating func take(_ pulse: Pulse, _ followed: FollowedTime?) -> Outcome {
    counters.seen &+= 1
    let shown = edgesSinceLast(pulse.sequence)
    if shown > 1 { counters.unseen &+= shown - 1 }
    let seconds: Int64
    switch gate.take(pulse.raw) {
    case .gathering:
      state = .gathering
      return .nothing
    case .otherEdge: return .nothing
    case .refused(let fault): return refuse(fault)
    case .moved:
      counters.moves &+= 1
      jitter = PulseJitter()
      return refuse(.offBeat)
    case .onBeat(let passed): seconds = passed
    }
    if seconds > 1 { counters.missing &+= UInt32(clamping: seconds - 1) }
    jitter.take(pulse.raw, seconds: seconds)
    if options.checksWidth {
      if edges.isPending { return .nothing }
      if case .wrong = edges.verdict {
        state = .refusing(.wrongEdge, gap: .zero)
        return refuse(.wrongEdge)
      }
    }
    switch SecondNumbering(delay: options.delay, isLocked: options.isLocked).number(pulse, followed) {
    case .second(let reference):
      counters.used &+= 1
      state = .locked
      return .sample(sample(pulse, reference, followed))
    case .unlocked(let reason):
      state = .unlocked(reason)
      return refuse(.unlocked)
    case .refused(let fault, let gap):
      state = .refusing(fault, gap: gap)
      return refuse(fault)
    }
  }

  private mutating func refuse(_ fault: PulseFault) -> Outcome {
    counters.count(fault)
    if fault == .noisy { state = .refusing(.noisy, gap: .zero) }
    return .refused(fault)
  }

  /// Edges that the device counted since the last one that was shown; 1 where it cannot be told.
  private mutating func edgesSinceLast(_ sequence: UInt32) -> UInt32 {
    defer { lastSequence = sequence }
    guard let lastSequence else { return 1 }
    let passed = sequence &- lastSequence
    // A count that begins anew, or that no pulse has, says nothing.
    return passed > 0 && passed <= 1000 ? passed : 1
  }

  private func sample(_ pulse: Pulse, _ reference: TimeInterval, _ followed: FollowedTime?) -> PulseSample {
    let scatter = jitter.nanoseconds
    let error = Double(pulse.errorNanoseconds)
    // What is locked needs no clock that follows anybody, and nobody's leap.
    let leap = followed?.leap ?? .none
    return PulseSample(
      pulse: pulse, reference: reference, dispersionNanoseconds: UInt64(clamping: Int64(scatter + error) + 1),
      precision: Self.exponent(error), leap: leap == .unsynchronized ? .none : leap)
  }

  /// The binary logarithm of so many nanoseconds as seconds, rounded up; 1 ns at least.
  static func exponent(_ nanoseconds: Double) -> Int8 {
    var (exponent, value) = (Int8(-29), 1.862645149230957)
    if nanoseconds <= 1 { return -30 }
    while value < nanoseconds, exponent < 0 { (exponent, value) = (exponent + 1, value * 2) }
    return exponent
  }
}

/// A pulse that has its second.
package struct PulseSample: Hashable, Sendable, BitwiseCopyable {
  package var pulse: Pulse
  /// UTC at its moment.
  package var reference: TimeInterval
  /// The scatter of single pulses, and what the device is sure of.
  package var dispersionNanoseconds: UInt64
  /// log2 s
  package var precision: Int8
  package var leap: LeapIndicator
}

extension PulseSource.State {
  /// One line for people, "" = all is well.
  package func text(_ edges: EdgeWatch, width: String) -> String {
    switch self {
    case .waiting: "no pulse yet"
    case .gathering: "pulses come, but not a whole number of seconds apart"
    case .locked: ""
    case .unlocked(let reason): reason.text
    case .refusing(let fault, let gap):
      switch fault {
      case .wrongEdge: width
      case .disagrees:
        "pulses are \(gap.millisecondsText) ms off the second, more than the clock can be wrong"
      case .ambiguous: "pulses are too far from any second to say which they mark"
      case .noisy: "too many pulses between seconds: noise on the line"
      case .frozen, .double, .offBeat, .unlocked: "pulses are refused: \(fault.text)"
      }
    }
  }
}
