// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// One edge of a pulse, as the host captured it.
package struct Pulse: Hashable, Sendable, BitwiseCopyable {
  /// The moment on the raw counter: intervals between pulses are taken on this one.
  package var raw: RawInstant
  /// The disciplined clock at that moment.
  package var time: TimeInterval
  package var era: ClockEra
  /// How far `time` and `raw` may be apart in truth, and the device's own error, one-sided.
  package var errorNanoseconds: UInt32
  /// The kernel's count of edges of this kind; a gap is of edges that nobody was shown.
  package var sequence: UInt32
  package var kind: StampKind

  package init(
    raw: RawInstant, time: TimeInterval, era: ClockEra = ClockEra(rawValue: 0), errorNanoseconds: UInt32 = 0,
    sequence: UInt32 = 0, kind: StampKind = .kernel
  ) {
    self.raw = raw
    self.time = time
    self.era = era
    self.errorNanoseconds = errorNanoseconds
    self.sequence = sequence
    self.kind = kind
  }
}

/// Why a pulse is no sample.
package enum PulseFault: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// At the moment of the one before, or earlier: the device is frozen.
  case frozen
  /// Less than half a second after the one before.
  case double
  /// Not a whole number of seconds after the one before.
  case offBeat
  /// Too many others are refused: a second cannot be told from the noise.
  case noisy
  /// The other edge is the one that marks the second.
  case wrongEdge
  /// Farther than 0.4 s from any whole second.
  case ambiguous
  /// Farther from a whole second than the followed time can be wrong.
  case disagrees
  /// Nothing says which second it marks.
  case unlocked

  /// In a few words.
  package var text: String {
    switch self {
    case .frozen: "frozen"
    case .double: "double"
    case .offBeat: "off beat"
    case .noisy: "in noise"
    case .wrongEdge: "wrong edge"
    case .ambiguous: "ambiguous"
    case .disagrees: "disagreeing"
    case .unlocked: "without a second"
    }
  }
}
