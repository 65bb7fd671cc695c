// SPDX-License-Identifier: Apache-2.0

package import Engine
package import TimeTypes

/// What a record says of the engine that it was taken from, as lines of text, so that it can be read by those who know less, or more.
package struct RecordHead: Sendable, Equatable {
  /// One line: a name and its value.
  package struct Line: Sendable, Equatable {
    package var name: String
    package var value: String
  }

  package private(set) var lines: [Line]

  /// Of an engine about to start. `program` names who records, with its release.
  package init(program: String, clock: ClockID, capacity: Int, parameters: EngineParameters) {
    lines = [
      Line(name: "program", value: program), Line(name: "engine", value: EngineProbe.digest),
      Line(name: "clock", value: String(clock.rawValue)), Line(name: "capacity", value: String(capacity)),
    ]
    lines += parameters.lines.map { Line(name: "parameter." + $0.name, value: $0.value) }
  }

  /// One line a line; line breaks cannot be in a value.
  package var text: String {
    lines.map { line in
      line.name + "=" + String(line.value.map { $0.isNewline ? " " : $0 }) + "\n"
    }.joined()
  }

  init(text: [UInt8]) throws(RecordError) {
    guard let text = String(validating: text, as: UTF8.self) else { throw .head(problem: "is no UTF-8") }
    lines = []
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else {
        throw .head(problem: "has a line without =: \(line.prefix(60))")
      }
      lines.append(Line(name: String(line[..<equals]), value: String(line[line.index(after: equals)...])))
    }
    for name in ["clock", "capacity"] {
      guard let value = self[name] else { throw .head(problem: "does not say \(name)") }
      guard UInt16(value) != nil else { throw .head(problem: "says \(name)=\(value.prefix(60)), which is no number") }
    }
  }

  package subscript(name: String) -> String? { lines.first { $0.name == name }?.value }

  package var program: String { self["program"] ?? "unknown" }
  package var clock: ClockID { ClockID(rawValue: self["clock"].flatMap { UInt16($0) } ?? 0) }
  package var capacity: Int { self["capacity"].flatMap { Int($0) } ?? Engine.maximumCapacity }
  /// Which engine it was (`EngineProbe`); nil = not said.
  package var engine: String? { self["engine"] }

  /// The engine's parameters as they were recorded, by name.
  package var parameters: [Line] {
    let prefix = "parameter."
    return lines.compactMap { line in
      line.name.hasPrefix(prefix) ? Line(name: String(line.name.dropFirst(prefix.count)), value: line.value) : nil
    }
  }
}
