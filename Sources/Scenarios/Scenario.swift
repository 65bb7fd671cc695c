// SPDX-License-Identifier: Apache-2.0

package import Report
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

  /// A reference clock at the client's, and what an operator wrote of it beside where it is.
  package struct ReferenceClock: Sendable, Equatable {
    package var model: ReferenceClockModel
    /// Keys of its [[source]]: texts, numbers and flags.
    package var settings: [String: JSONValue] = [:]
  }

  /// A sensor beside the oscillator, and what the host was told of the two (`[clock.temperature]`).
  package struct TemperatureSensor: Sendable, Equatable {
    /// As the operator wrote it: the table's file, or coefficients, in thousandths of a degree and ppm.
    package enum Known: Sendable, Equatable {
      case table(String)
      case coefficients(t0: Double, k0: Double, k1: Double, k2: Double)
    }

    package var model: TemperatureSensorModel
    /// Seconds between two looks.
    package var interval: Int
    package var known: Known
  }

  /// Hosts that follow the run's own, which serves them, and the path to each.
  package struct Clients: Sendable, Equatable {
    package var count: Int
    package var up: PathModel
    package var down: PathModel
  }

  /// A leap second, in true seconds since the start: +1 = 23:59:60 is told at `at`; −1 = 23:59:59 would be, and is left out.
  package struct LeapSecond: Sendable, Equatable {
    package var at: Int
    package var change: Int
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
  package var temperatureSensor: TemperatureSensor?
  /// Nanoseconds of the client's stamps.
  package var stampGranularity: Int64
  package var sources: [Source]
  package var referenceClocks: [ReferenceClock]
  package var clients: Clients?
  /// UTC at the start, s since 1970.
  package var start = Scenario.usualStart
  package var leap: LeapSecond?
  /// The host has a leap-seconds.list, which knows of `leap` or of none.
  package var hasLeapTable = false
  /// Goal of rms against `fixed`.
  package var goalRatio: Double?
  /// The most that the rms of any seed may be, seconds; for scenarios without figures of chrony.
  package var goalRMS: Double?
  /// What else has to be so in each run.
  package var expectation = Expectation()
  /// chrony with the same poll interval, with its defaults, and the best of its hand-tuned variants.
  package var fixed: ReferenceResult?
  package var defaults: ReferenceResult?
  package var tuned: ReferenceResult?

  /// 2027-01-15 08:00:00.
  package static let usualStart: Int64 = 1_800_000_000

  /// Where the run's host asks a source.
  package static func address(ofSource index: Int) -> String { "10.0.\(index + 1).1" }

  /// What sources are called where a `lock` names one: a name that was given, or a server's address.
  package var sourceNames: [String] {
    referenceClocks.compactMap { if case .string(let name)? = $0.settings["name"] { name } else { nil } }
      + sources.indices.map(Self.address(ofSource:))
  }

  /// True seconds in which something is wrong with a reference clock, or a server cannot be reached.
  package func isFaulty(at second: Int) -> Bool {
    let now = Double(second)
    if sources.contains(where: { $0.up.outages.contains { $0.contains(now) } }) { return true }
    return referenceClocks.contains { clock in clock.model.faults.contains { $0.active.contains(now) } }
  }
}
