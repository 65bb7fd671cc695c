// SPDX-License-Identifier: Apache-2.0

package import Simulation

/// One behaviour in which the whole daemon is judged: clocks, paths and sources as data. Seconds and fractional frequency.
package struct Scenario: Sendable, Equatable {
  /// A server and the path to it.
  package struct Source: Sendable, Equatable {
    /// Client to server, and back.
    package var up: PathModel
    package var down: PathModel
    package var server = ServerModel()
    /// log2 seconds.
    package var minimumPoll: Int8
    package var maximumPoll: Int8
    /// Options of the client's [[source]] that are only true or false: prefer, trust, iburst and so on.
    package var options: [String: Bool] = [:]
  }

  package var name: String
  package var note: String
  /// log2 seconds.
  package var poll: Int8
  /// Whole true seconds.
  package var duration: Int
  /// Metrics count from here.
  package var warm: Int
  /// Client minus true at the start.
  package var initialOffset: Double
  package var oscillator: OscillatorModel
  /// Nanoseconds of the client's stamps.
  package var stampGranularity: Int64
  package var sources: [Source]
  package var referenceClocks: [ReferenceClockModel]
  /// Goal of rms against `fixed`.
  package var goalRatio: Double?
  /// The most that the rms of any seed may be, seconds; for scenarios without figures of chrony.
  package var goalRMS: Double?
  /// chrony with the same poll interval, with its defaults, and the best of its hand-tuned variants.
  package var fixed: ReferenceResult?
  package var defaults: ReferenceResult?
  package var tuned: ReferenceResult?
}
