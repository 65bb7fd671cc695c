// SPDX-License-Identifier: Apache-2.0

import Simulation
import Testing
import TimeTypes

@testable import Scenarios

@Suite struct ScenarioTests {
  private func read(_ scenario: String) throws -> Scenario {
    try #require(try Scenario.read(Array(#"{"scenarios":{"x":\#(scenario)}}"#.utf8)).first)
  }

  private func complaint(_ scenario: String) -> String {
    do {
      _ = try read(scenario)
      return "none"
    } catch let error as ScenarioError { return error.description } catch { return "\(error)" }
  }

  @Test func aWholeScenario() throws {
    let scenario = try read(
      #"""
      {"note":"n","poll_log2_s":6,"poll_s":64,"duration_s":100,"warm_s":10,"initial_offset_s":0.5,"base_freq":2e-5,
       "wander_per_sqrt_s":1e-9,"freq_extra":[{"kind":"step","at_s":5,"by":1e-6}],"n_sources":2,"goal_ratio":0.5,
       "model":{"base_s":0.01,"jitter":{"dist":"exponential","scale_s":0.001},"up_base_s":0.02,
        "down_extra":{"kind":"iid","prob":0.25,"dist":"uniform","max_s":0.05},"loss":0.1,
        "source_offsets_s":[0,0.005],"sources":[{"prefer":true,"outages":[{"from_s":1,"to_s":2}]}]},
       "chrony_fixed":{"rms_s":1e-6,"p99_s":2e-6,"max_s":3e-6,"freq_rms":1e-9,"within_1ms_s":6,"within_100us_s":null}}
      """#)
    #expect(scenario.poll == 6 && scenario.duration == 100 && scenario.warm == 10)
    #expect(scenario.initialOffset == 0.5)
    #expect(scenario.oscillator == OscillatorModel(base: 2e-5, wander: 1e-9, changes: [.step(at: 5, by: 1e-6)]))
    let jitter = DelayDistribution.exponential(mean: .milliseconds(1))
    let first = try #require(scenario.sources.first)
    #expect(first.up.delay == DelayModel(constant: .milliseconds(20), jitter: jitter))
    #expect(first.down.delay.constant == .milliseconds(10))
    #expect(first.down.delay.extras == [.sporadic(probability: 0.25, .uniform(maximum: .milliseconds(50)))])
    #expect(first.up.loss == 0.1 && first.up.outages == [1..<2] && first.up.reorders)
    #expect(first.options == ["prefer": true] && first.minimumPoll == 6 && first.maximumPoll == 6)
    #expect(scenario.sources.map(\.server.offset) == [0, 0.005])
    #expect(scenario.sources[1].up.outages.isEmpty && scenario.sources[1].options.isEmpty)
    #expect(scenario.fixed?.maximum == 3e-6 && scenario.fixed?.within100Microseconds == nil)
  }

  @Test(arguments: [
    (#"{"poll_log2_s":4}"#, "x.duration_s: is missing; a number is needed"),
    (#"{"poll_log2_s":2.5}"#, "x.poll_log2_s: is 2.5; it must be a whole number from 0 to 17"),
    (
      #"{"poll_log2_s":4,"duration_s":9.5}"#, "x.duration_s: is 9.5; it must be a whole number from 1 to 100000000"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1,"sources":[{"max_poll":6.5}]}}"#,
      "x.model.sources[0].max_poll: is 6.5; it must be a whole number from 0 to 17"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"freq_extra":[{"kind":"trace","seconds":[0,1],"values":[0,-1e9]}]}"#,
      "x.freq_extra[0].values[1]: is -1000000000.0; a fractional frequency must be from -0.01 to 0.01"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":1000000,"warm_s":1,"freq_extra":[{"kind":"drift","per_s":1e-6}]}"#,
      "x.base_freq: with wander_per_sqrt_s, flicker_floor and freq_extra reaches 1.0; together they must stay within 0.05"
    ),
    (#"{"poll_log2_s":40}"#, "x.poll_log2_s: is 40.0; it must be a whole number from 0 to 17"),
    (
      #"{"poll_log2_s":4,"poll_s":64,"duration_s":9}"#,
      "x.poll_s: is 64.0, but poll_log2_s says 16; give one, or the same"
    ),
    (#"{"poll_log2_s":4,"duration_s":9,"warm_s":1}"#, "x.model: is missing"),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{}}"#,
      "x.model.base_s: is missing; the one-way delay of a path is needed"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1,"jitter":{"dist":"cauchy"}}}"#,
      #"x.model.jitter.dist: is "cauchy"; it must be exponential, normal, gamma, lognormal, uniform, mixture or none"#
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1},"freq_extra":[{"kind":"tide"}]}"#,
      #"x.freq_extra[0].kind: is "tide"; it must be sine, step, drift, trace or temperature"#
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1,"source_offsets_s":[1,2]}}"#,
      "x.model.source_offsets_s: has 2 numbers for 1 sources"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1,"sources":[{"smears":[{"from_s":1e12,"to_s":1e12,"by_s":1}]}]}}"#,
      "x.model.sources[0].smears[0].to_s: must be a second or more after from_s"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"refclock":{"line":"dcf77"}}}"#,
      #"x.model.refclock.line: is "dcf77"; it must be one of nmea, ubx, gpsd, gpsd-pps, shm, sock, pps, extts, phc"#
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"refclock":[{},{"faults":[{"kind":"ramp","from_s":1,"to_s":2}]}]}}"#,
      "x.model.refclock[1].faults[0].rate: is missing; a number is needed"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"refclock":{"faults":[{"kind":"no-fix","from_s":2,"to_s":2}]}}}"#,
      "x.model.refclock.faults[0].to_s: must be after from_s"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"refclock":{}},"expect":{"followed":"me"}}"#,
      #"x.expect.followed: is "me"; it must be one of unsynchronized, nobody, network, reference"#
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"refclock":{"offset_s":1e10}}}"#,
      "x.model.refclock.offset_s: is 10000000000.0; it must be from -1000000000.0 to 1000000000.0"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"refclock":{}},"expect":{"events":[1e300]}}"#,
      "x.expect.events[0]: must be a whole number from 1 to 65535"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"refclock":{"settings":"x"}}}"#,
      "x.model.refclock.settings: must be an object: the provider's own keys"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"n_sources":1,"model":{"base_s":1,"with_network":true,"refclock":{"settings":{"lock":"roof"}}}}"#,
      #"x.model.refclock.settings.lock: is "roof", which no other source is called; there are "10.0.1.1""#
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1},"temperature_sensor":{"table":[[1,2]]}}"#,
      "x.temperature_sensor: has nothing to feel; add freq_extra of kind temperature"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1},"freq_extra":[WARMTH],"temperature_sensor":{}}"#,
      "x.temperature_sensor.table: is missing; write what is known of the oscillator, or coefficients"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1},"freq_extra":[WARMTH],"temperature_sensor":{"table":[[1,2],[3]]}}"#,
      "x.temperature_sensor.table[1]: must be a temperature and ppm: [26000, 0.35]"
    ),
    (
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1},"freq_extra":[WARMTH],"temperature_sensor":{"coefficients":{"k3":1}}}"#,
      "x.temperature_sensor.coefficients.k3: is not a key here; known are k0, k1, k2, t0"
    ),
  ])
  func mistakesAreNamed(text: String, expected: String) {
    #expect(complaint(text.replacing("WARMTH", with: Self.warmth)) == "line 1: " + expected)
  }

  private static let warmth =
    #"{"kind":"temperature","seconds":[0,9],"values":[20,30],"turnover":25,"per_degree":5e-8}"#

  @Test func warmthAndASensor() throws {
    let text =
      #"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1},"freq_extra":[WARMTH],"temperature_sensor":SENSOR}"#
      .replacing("WARMTH", with: Self.warmth)
    var scenario = try read(
      text.replacing("SENSOR", with: #"{"step":0.25,"noise":0.1,"interval_s":10,"table":[[20000,-0.25],[30000,0.25]]}"#)
    )
    #expect((scenario.oscillator.temperature?.frequency(at: 4.5) ?? 1).magnitude < 1e-18)
    #expect(
      scenario.temperatureSensor
        == Scenario.TemperatureSensor(
          model: TemperatureSensorModel(step: 0.25, noise: 0.1), interval: 10,
          known: .table("20000.0 -0.25\n30000.0 0.25\n")))
    scenario = try read(text.replacing("SENSOR", with: #"{"coefficients":{"t0":25000,"k1":5e-5}}"#))
    #expect(scenario.temperatureSensor?.known == .coefficients(t0: 25_000, k0: 0, k1: 5e-5, k2: 0))
  }

  @Test func unknownKeysAreRefused() {
    let text = complaint(#"{"poll_log2_s":4,"duration_s":9,"warm_s":1,"model":{"base_s":1,"jiter":{}}}"#)
    #expect(text.hasPrefix("line 1: x.model.jiter: is not a key here; known are base_s, "))
  }
}
