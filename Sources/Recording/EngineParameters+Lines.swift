// SPDX-License-Identifier: Apache-2.0

import Discipline
package import Engine
import Selection
import TimeTypes

extension EngineParameters {
  /// Every parameter as a name and a value in text, by reflection, so that one that is added later is recorded too. [control]
  package var lines: [RecordHead.Line] {
    Mirror(reflecting: self).children.compactMap { child in
      child.label.map { RecordHead.Line(name: $0, value: Self.text(child.value)) }
    }
  }

  /// Sets what `lines` said. Returns the names of those that it does not know how to set, and whose value here is another one.
  package mutating func set(_ lines: [RecordHead.Line]) -> [String] {
    for line in lines { set(line) }
    let own = self.lines
    return lines.compactMap { line in
      own.contains { $0.name == line.name && $0.value == line.value } || Self.isRetired(line) ? nil : line.name
    }
  }

  /// Parameters of releases before this one that changed nothing as they were: the own clock is a source's to serve.
  private static func isRetired(_ line: RecordHead.Line) -> Bool {
    line.name == "localStratum" && line.value == "0" || line.name == "localDispersion"
  }

  /// Numbers as Swift writes them, which reads back to the same bits.
  private static func text(_ value: Any) -> String {
    switch value {
    case let frequency as Frequency: "\(frequency.ratio)"
    case let frequency as Frequency?: frequency.map { "\($0.ratio)" } ?? "none"
    case let limit as PhaseLimit:
      if case .seconds(let seconds) = limit { "\(seconds)" } else { "none" }
    case let number as Double?: number.map { "\($0)" } ?? "none"
    case let settings as PISettings?: settings.map { $0.values.map { "\($0)" }.joined(separator: " ") } ?? "none"
    default: "\(value)"
    }
  }

  private mutating func set(_ line: RecordHead.Line) {
    let value = line.value
    func real(_ field: WritableKeyPath<EngineParameters, Double>) {
      if let number = Double(value), number.isFinite { self[keyPath: field] = number }
    }
    func flag(_ field: WritableKeyPath<EngineParameters, Bool>) {
      if let flag = Bool(value) { self[keyPath: field] = flag }
    }
    func frequency(_ field: WritableKeyPath<EngineParameters, Frequency>) {
      if let ratio = Double(value), ratio.isFinite { self[keyPath: field] = Frequency(ratio: ratio) }
    }
    func limit(_ field: WritableKeyPath<EngineParameters, PhaseLimit>) {
      if value == "none" {
        self[keyPath: field] = .noLimit
      } else if let seconds = Double(value), seconds.isFinite {
        self[keyPath: field] = .seconds(seconds)
      }
    }
    switch line.name {
    case "steer": flag(\.steer)
    case "neverStepBackward": flag(\.neverStepBackward)
    case "maximumPositivePhaseCorrection": limit(\.maximumPositivePhaseCorrection)
    case "maximumNegativePhaseCorrection": limit(\.maximumNegativePhaseCorrection)
    case "maximumForwardSlew": limit(\.maximumForwardSlew)
    case "maximumBackwardSlew": limit(\.maximumBackwardSlew)
    case "firstSync": firstSync = value == "accept" ? .accept : .gate
    case "authenticationPolicy":
      for policy in AuthenticationPolicy.allCases where "\(policy)" == value { authenticationPolicy = policy }
    case "minimumSources": minimumSources = Int(value) ?? minimumSources
    case "precision": precision = Int8(value) ?? precision
    case "maximumSlewRate": frequency(\.maximumSlewRate)
    case "maximumFrequency": frequency(\.maximumFrequency)
    case "maximumReferenceFrequency": frequency(\.maximumReferenceFrequency)
    case "initialFrequency":
      initialFrequency = Double(value).flatMap { $0.isFinite ? Frequency(ratio: $0) : nil }
    case "initialFrequencyError": frequency(\.initialFrequencyError)
    case "unknownFrequencyError": frequency(\.unknownFrequencyError)
    case "minimumDispersion": real(\.minimumDispersion)
    case "maximumDistance": real(\.maximumDistance)
    case "synchronizedLimit": real(\.synchronizedLimit)
    case "smoothness": real(\.smoothness)
    case "driftBound": frequency(\.driftBound)
    case "holdoverLimit": real(\.holdoverLimit)
    case "readsClockBySamples": flag(\.readsClockBySamples)
    case "firstStep": firstStep = Double(value).flatMap { $0.isFinite ? $0 : nil }
    case "pi": pi = PISettings(values: value.split(separator: " ").compactMap { Double($0) })
    default: break
    }
  }
}
