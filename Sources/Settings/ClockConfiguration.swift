// SPDX-License-Identifier: Apache-2.0

package import Discipline
package import TimeTypes

/// The table `[clock]`: which clock, how it may be moved, and the sanity gate.
package struct ClockConfiguration: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case system, virtual
  }

  package enum FirstSync: String, Sendable, CaseIterable {
    /// The first agreed offset, too, has to be within the limits.
    case gate
    /// The first offset that the sources agree on is accepted, however large.
    case accept
  }

  /// What it means that a source proves itself.
  package enum AuthSelect: String, Sendable, CaseIterable {
    /// Of the network's sources only authenticated ones are followed.
    case require
    /// The others are not followed where an authenticated one is configured.
    case prefer
    /// Where there are both kinds, the authenticated ones are trusted, and one of them is required.
    case mix
    case ignore
  }

  package var kind = Kind.system
  /// False = observe mode: nothing is applied.
  package var steer = true
  /// Virtual only: clock − host time at the start, positive = ahead.
  package var initialOffset = TimeInterval.zero
  /// Virtual only: positive = fast.
  package var initialFrequency = Frequency.zero
  /// The fastest slew, on top of the frequency that the clock needs anyway: 5 %, so that 250 ms are gone in five seconds.
  package var maximumSlewRate = Frequency.partsPerMillion(50_000)
  /// Multiplies the time constant of the slew: more is a smoother frequency, less a faster offset.
  package var smoothness = 1.0
  /// The sanity gate; strictly more is refused; nil = no limit.
  package var maximumPositivePhaseCorrection: TimeInterval? = .seconds(172_800)
  package var maximumNegativePhaseCorrection: TimeInterval? = .seconds(172_800)
  /// Above it a step, else a slew; nil ("no limit") = always slew.
  package var maximumAllowedPhaseOffsetForward: TimeInterval? = .seconds(1)
  package var maximumAllowedPhaseOffsetBackward: TimeInterval? = .seconds(1)
  /// After the first synchronization never step backward: slew, however long it takes.
  package var neverStepBackward = false
  package var firstSync = FirstSync.gate
  /// The name or device of the `[[hardware_clock]]` that this clock follows; nil = its sources.
  package var follows: String?
  /// Which servo steers it.
  package var servo = ServoConfiguration.engine
  package var pi = PISettings()
  /// How many selectable sources it takes to synchronize.
  package var minimumSources: UInt8 = 1
  package var authSelect = AuthSelect.mix
  /// 1 to 15: the provider "local" serves the own clock at this stratum (`readOwnClock`); 0 = no such word.
  package var localStratum: UInt8 = 0
  /// The most that is told of its error then.
  package var localDispersion = TimeInterval.milliseconds(1)
  /// nil = no sensor says how fast the oscillator runs.
  package var temperature: TemperatureConfiguration?
  /// The battery-backed clock that is set at the end; nil = none is.
  package var trimmedClock: String?
  /// nil ("none") = do not read one.
  package var leapSecondsFile: String? = "/usr/share/zoneinfo/leap-seconds.list"

  package init() {}
}
