// SPDX-License-Identifier: Apache-2.0

public import Discipline
package import Selection
public import TimeTypes

/// Everything that can be set about an engine. The defaults are the daemon's; Docs/algorithm.md says why.
public struct EngineParameters: Sendable, BitwiseCopyable, Equatable {
  /// Whether the first agreed offset passes the sanity gate.
  public enum FirstSync: Sendable, BitwiseCopyable, Equatable { case gate, accept }

  /// False: observe only, no clock action ever.
  public var steer = true
  /// max_pos_phase_correction: a sample farther ahead of the clock is refused. 48 h.
  public var maximumPositivePhaseCorrection = PhaseLimit.seconds(172_800)
  /// max_neg_phase_correction: a sample farther behind the clock is refused. 48 h.
  public var maximumNegativePhaseCorrection = PhaseLimit.seconds(172_800)
  /// max_allowed_phase_offset: a larger offset forward is stepped, a smaller one slewed. 1 s.
  public var maximumForwardSlew = PhaseLimit.seconds(1)
  /// The same for offsets backward. 1 s.
  public var maximumBackwardSlew = PhaseLimit.seconds(1)
  public var neverStepBackward = false
  public var firstSync = FirstSync.gate
  /// Fewest truechimers to follow. 1.
  public var minimumSources = 1
  /// What it means that a source proves itself. Mix.
  package var authenticationPolicy = AuthenticationPolicy.mix
  /// max_slew_rate, either sign. 5 % (50,000 ppm): 250 ms are gone in five seconds and the rest in five more.
  public var maximumSlewRate = Frequency.partsPerMillion(50_000)
  /// The largest frequency that the clock takes (Linux: 10 % with the tick).
  public var maximumFrequency = Frequency.partsPerMillion(100_000)
  /// Limit of the reference's frequency against the raw counter. 500 ppm.
  public var maximumReferenceFrequency = Frequency.partsPerMillion(500)
  /// The reference's frequency against the raw counter from the drift file; nil = unknown.
  public var initialFrequency: Frequency?
  /// One deviation of `initialFrequency` where it is given. 2 ppm.
  public var initialFrequencyError = Frequency.partsPerMillion(2)
  /// One deviation of the frequency where nothing is known. 100 ppm.
  public var unknownFrequencyError = Frequency.partsPerMillion(100)
  /// MINDISP: the least root delay plus delay, seconds, that a root distance is made of. 100 µs (RFC 5905: 5 ms).
  public var minimumDispersion = 1e-4
  /// MAXDIST: a source of more root distance is not selectable, seconds. 1.5 s.
  public var maximumDistance = 1.5
  /// A clock that is farther off its reference is not called synchronized, seconds. 128 ms (RFC 5905: STEPT).
  public var synchronizedLimit = 0.128
  /// Between smooth frequency (more) and fast offset (less): multiplies the time constant of the slew. 1.
  public var smoothness = 1.0
  /// The drift that the hard bound assumes. 15 ppm (RFC 5905: PHI).
  public var driftBound = Frequency.partsPerMillion(15)
  /// After so many seconds without a valid sample the clock is no longer synchronized. One day.
  public var holdoverLimit = 86_400.0
  /// log2 seconds.
  public var precision: Int8 = -23
  /// The PI servo of PTP, with these settings, in place of the engine's own; nil = the engine's own.
  public var pi: PISettings?
  /// The samples' own stamps say better where the clock is than its readings do: a hardware clock is read together with it.
  public var readsClockBySamples = false
  /// The engine's own servo: the first correction of all is stepped where it is larger than this, seconds; nil = it is like every other.
  public var firstStep: Double?

  public init() {}
}
