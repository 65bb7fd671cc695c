// SPDX-License-Identifier: Apache-2.0

import Engine
package import Recording
import TimeTypes

/// A record run through this program's engine: whether it asks for the same things, and what it thought meanwhile.
package struct Replay: Sendable {
  /// An event that led to other actions than in the recording program.
  package struct Difference: Sendable, Equatable {
    /// Counting from 1.
    package var event: Int
    package var kind: String
    /// Seconds of the raw counter since the first event.
    package var second: Double
    /// Of the file.
    package var offset: Int
  }

  package let head: RecordHead
  /// Where engine and parameters are not those of the record, one a sentence.
  package private(set) var foreign: [String] = []
  /// By kind, in the order of their first appearance.
  package private(set) var counts: [(kind: String, count: Int)] = []
  package private(set) var events = 0
  /// Events whose actions were compared: those before the first gap.
  package private(set) var compared = 0
  package private(set) var differing = 0
  package private(set) var firstDifference: Difference?
  /// Events that are missing in the record, and after which event the first of them was.
  package private(set) var missing: UInt64 = 0
  package private(set) var firstGap: Int?
  package private(set) var end: RecordEnd?
  /// Where the file cannot be read any further; everything before was replayed.
  package private(set) var damage: RecordError?
  package private(set) var trace = ReplayTrace()
  /// What the engine had to say, with the second of it.
  package private(set) var log: [(second: Double, text: String)] = []
  package private(set) var sources: [ReplayedSource] = []

  /// So many sources that were removed are kept, the latest.
  private static let mostRemoved = 64
  /// So many lines of the engine's are kept.
  private static let longestLog = 10_000

  /// Runs all of it. `usingDefaults`: with this program's parameters instead of the recorded ones.
  /// - Throws: `RecordError` where the head cannot be read.
  package init(_ bytes: [UInt8], usingDefaults: Bool = false) throws(RecordError) {
    var reader = try RecordReader(bytes)
    head = reader.head
    let parameters = parameters(usingDefaults: usingDefaults)
    var engine = Engine(clock: head.clock, parameters: parameters, capacity: head.capacity)
    var actions = Actions()
    var start: RawInstant?
    do throws(RecordError) {
      while true {
        let offset = reader.offset
        guard let entry = try reader.next() else { break }
        switch entry {
        case .end(let reason): end = reason
        case .gap(let count):
          missing &+= count
          if firstGap == nil { firstGap = events }
        case .event(let recorded):
          let origin = start ?? recorded.event.now
          start = origin
          let second = (recorded.event.now - origin).inSeconds
          if case .sourceRemoved(let id, _) = recorded.event, let report = engine.report(of: id) {
            // A daemon that ends removes its sources first: what they were is what people want to know.
            if sources.count >= Self.mostRemoved { sources.removeFirst() }
            sources.append(ReplayedSource(report, isRemoved: true))
          }
          actions.removeAll()
          engine.handle(recorded.event, into: &actions)
          events += 1
          count(recorded.event)
          compare(recorded, ActionDigest(actions).value, second: second, offset: offset)
          note(actions, second: second)
          trace.add(recorded.event, engine.timeState, second: second)
        }
      }
    } catch {
      damage = error
    }
    for slot in 0..<engine.capacity {
      if let report = engine.report(slot: slot) { sources.append(ReplayedSource(report, isRemoved: false)) }
    }
  }

  /// Whether every event led to the same actions, bit for bit; nil = events are missing, or there are none.
  package var isIdentical: Bool? {
    if differing > 0 { return false }
    return firstGap == nil && events > 0 ? true : nil
  }

  private mutating func parameters(usingDefaults: Bool) -> EngineParameters {
    if let engine = head.engine, engine != EngineProbe.digest {
      foreign.append(
        "the engine here is not the one that was recorded (\(head.program)): its answers to the same events differ")
    }
    var parameters = EngineParameters()
    let recorded = head.parameters
    let unset: [String]
    if usingDefaults {
      let own = parameters.lines
      unset = recorded.filter { !own.contains($0) }.map(\.name)
    } else {
      unset = parameters.set(recorded)
    }
    for name in unset {
      let value = recorded.first { $0.name == name }?.value ?? ""
      let own = parameters.lines.first { $0.name == name }?.value
      foreign.append(
        "\(name) was \(value.prefix(80)), here " + (own.map { "it is \($0)" } ?? "there is no such parameter"))
    }
    for line in parameters.lines where !recorded.contains(where: { $0.name == line.name }) {
      foreign.append("\(line.name) is \(line.value) here, the record does not say it")
    }
    return parameters
  }

  private mutating func count(_ event: Event) {
    let kind = event.kind
    if let index = counts.firstIndex(where: { $0.kind == kind }) {
      counts[index].count += 1
    } else {
      counts.append((kind, 1))
    }
  }

  private mutating func compare(_ recorded: RecordedEvent, _ digest: UInt64, second: Double, offset: Int) {
    guard firstGap == nil else { return }
    compared += 1
    guard digest != recorded.actions else { return }
    differing += 1
    if firstDifference == nil {
      firstDifference = Difference(event: events, kind: recorded.event.kind, second: second, offset: offset)
    }
  }

  private mutating func note(_ actions: borrowing Actions, second: Double) {
    for position in 0..<actions.count {
      guard case .log(let event) = actions[position], log.count < Self.longestLog else { continue }
      log.append((second, event.words))
    }
  }
}
