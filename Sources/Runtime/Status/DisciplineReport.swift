// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Discipline
import Engine
import TimeTypes

/// The engine's side of the status, as of one moment.
struct DisciplineReport: Sendable {
  var state: TimeState
  var sanity: SanityState
  var steering: SteeringState
  var reading: ClockReading?
  /// The reference's against the raw counter, as estimated; nil = nothing agreed on yet.
  var frequency: Frequency?
  /// Virtual clocks: clock − the host's CLOCK_REALTIME.
  var trueError: TimeInterval?
  var counters: DisciplineCounters
  var eventsDropped: UInt64
  /// The PI servo's state, where that one steers.
  var servo: PIServo.State?
  var sources: [SourceReport] = []
}

/// What happened so far, for status.
struct DisciplineCounters: Sendable, BitwiseCopyable {
  var samples: UInt64 = 0
  var updates: UInt64 = 0
  var steps: UInt64 = 0
  var refusals: UInt64 = 0
  var clockMoves: UInt64 = 0
}
