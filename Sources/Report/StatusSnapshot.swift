// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Everything `tompion status` and `tompion why` need, as of one moment. Filled by [control]; plain values, no clock is read here.
///
/// Offset = reference − local: positive means that the local clock is behind. Frequency is the reference's against the raw counter.
package struct StatusSnapshot: Sendable, Equatable {
  package enum ClockKind: String, Sendable, CaseIterable {
    case system, virtual
  }

  /// The daemon's version and process.
  package var version = ""
  package var processID: Int32 = 0
  /// UTC nanoseconds since 1970 by the clock that is disciplined.
  package var time: Int64 = 0
  package var uptime = TimeInterval.zero

  package var clockKind = ClockKind.system
  package var synchronization = SynchronizationState.unsynchronized
  package var leap = LeapIndicator.unsynchronized
  /// 16 = unsynchronized.
  package var stratum: UInt8 = 16
  package var referenceID = ReferenceID.none
  /// The system source by name; nil = none.
  package var systemSource: String?
  /// The estimated remaining error of the clock; nil = nothing known yet.
  package var offset: TimeInterval?
  package var frequency: Frequency?
  /// The frequency that is set now (feed-forward plus slew), as the kernel applied it.
  package var appliedFrequency: Frequency?
  package var jitter: TimeInterval?
  package var rootDelay: TimeInterval?
  package var rootDispersion: TimeInterval?
  /// Statistical bound (symmetric paths assumed) and hard bound (never exceeded); never mix the two.
  package var boundStatistical: TimeInterval?
  package var boundHard: TimeInterval?
  /// TAI − UTC, s.
  package var taiOffset: Int16?
  /// Time since the engine's last update of the clock; nil = none ever.
  package var lastUpdateAge: TimeInterval?

  package var steering = SteeringState.starting
  /// In words: "CAP_SYS_TIME is missing", "chronyd (pid 812) steers the clock"; may be empty.
  package var steeringReason = ""

  package var sanity = SanityState.good
  /// With `.suspect` and `.refusing`: the offset that was refused, and how many of how many good sources agree on it.
  package var sanityOffset: TimeInterval?
  package var sanityAgreeing: UInt8 = 0
  package var sanityOf: UInt8 = 0
  /// The limit in force for the sign of `sanityOffset`; nil = no limit.
  package var sanityLimit: TimeInterval?
  /// `min_sources` of the configuration.
  package var minimumSources: UInt8 = 1

  /// `auth_select` of the configuration; empty = not known.
  package var authSelect = ""
  /// The network's sources, and how many of them prove themselves.
  package var networkSources: UInt64 = 0
  package var provenSources: UInt64 = 0

  /// Virtual clocks only: the virtual clock − the host's reference clock (positive = ahead), measured, not estimated.
  package var trueError: TimeInterval?

  package var samples: UInt64 = 0
  package var updates: UInt64 = 0
  package var steps: UInt64 = 0
  package var tooBig: UInt64 = 0
  package var clockMoves: UInt64 = 0
  package var clockRefusals: UInt64 = 0
  package var eventsDropped: UInt64 = 0
  /// Of them those that the hardware clocks' role had to tell.
  package var hardwareEventsDropped: UInt64 = 0

  /// Interfaces whose cards stamp packets.
  package var stamps: [StampReport] = []
  package var sources: [SourceReport] = []
  package var providers: [ProviderReport] = []
  /// The system clock first, then the hardware clocks.
  package var clocks: [ClockReport] = []
  /// Things an operator should know that are not errors: "no real-time priority", "leap-seconds.list expired 2025-06-28".
  package var warnings: [String] = []

  package init() {}
}
