// SPDX-License-Identifier: Apache-2.0

import Discipline
import Engine
import Testing
import TimeTypes

@testable import Recording

@Suite struct RecordHeadTests {
  private var head: RecordHead {
    RecordHead(
      program: "tompiond 9\nengine=x", clock: ClockID(rawValue: 3), capacity: 17, parameters: EngineParameters())
  }

  @Test func comesBackFromItsText() throws {
    let read = try RecordHead(text: Array(head.text.utf8))
    #expect(read.program == "tompiond 9 engine=x" && read.clock == ClockID(rawValue: 3) && read.capacity == 17)
    #expect(read.engine == EngineProbe.digest)
    #expect(read.parameters == EngineParameters().lines)
  }

  /// Lines of another release are kept, what is needed is asked for.
  @Test func strangeHeads() throws {
    #expect(try RecordHead(text: Array("clock=0\ncapacity=1\nweather=fine\n".utf8))["weather"] == "fine")
    func problem(_ text: [UInt8]) -> String? {
      do throws(RecordError) {
        _ = try RecordHead(text: text)
        return nil
      } catch { return error.description }
    }
    #expect(problem(Array("clock=0\n".utf8)) == "the head does not say capacity (byte 16)")
    #expect(
      problem(Array("clock=0\ncapacity=many\n".utf8)) == "the head says capacity=many, which is no number (byte 16)")
    #expect(problem(Array("nonsense\n".utf8)) == "the head has a line without =: nonsense (byte 16)")
    #expect(problem([0xC3, 0x28]) == "the head is no UTF-8 (byte 16)")
  }

  /// Two calls give one number: the probe depends on nothing but the engine.
  @Test func theProbeIsAlwaysTheSame() {
    #expect(EngineProbe.digest == EngineProbe.digest)
    #expect(EngineProbe.digest.utf8.count == 16)
  }
}

@Suite struct EngineParametersLinesTests {
  /// Every parameter is written, and what can be set comes back to the same bits.
  @Test func parametersComeBack() {
    var recorded = EngineParameters()
    recorded.steer = false
    recorded.maximumPositivePhaseCorrection = .noLimit
    recorded.maximumNegativePhaseCorrection = .seconds(0.1 + 0.2)
    recorded.maximumForwardSlew = .seconds(3)
    recorded.maximumBackwardSlew = .noLimit
    recorded.neverStepBackward = true
    recorded.firstSync = .accept
    recorded.minimumSources = 5
    recorded.maximumSlewRate = .partsPerMillion(123.456)
    recorded.maximumFrequency = .partsPerMillion(777)
    recorded.initialFrequency = .partsPerMillion(-12.3456789)
    recorded.precision = -29
    recorded.smoothness = 1.0 / 3
    var read = EngineParameters()
    #expect(read.set(recorded.lines).isEmpty)
    #expect(read == recorded)
    #expect(recorded.lines.count == Mirror(reflecting: recorded).children.count)
  }

  /// Records of releases in which the engine itself served the own clock: where it did not, nothing is missing.
  @Test func retiredParametersAreNamedWhereTheyMattered() {
    var parameters = EngineParameters()
    #expect(
      parameters.set([.init(name: "localStratum", value: "0"), .init(name: "localDispersion", value: "0.001")]).isEmpty)
    #expect(parameters.set([.init(name: "localStratum", value: "5")]) == ["localStratum"])
    #expect(parameters == EngineParameters())
  }

  /// What this release has not, or cannot take, is named, and nothing else changes.
  @Test func whatCannotBeSetIsNamed() {
    var parameters = EngineParameters()
    let names = parameters.set([
      .init(name: "colour", value: "blue"), .init(name: "smoothness", value: "much"),
      .init(name: "precision", value: "999"),
      .init(name: "initialFrequency", value: "nan"), .init(name: "steer", value: "true"),
    ])
    #expect(names == ["colour", "smoothness", "precision", "initialFrequency"])
    #expect(parameters == EngineParameters())
  }
}
