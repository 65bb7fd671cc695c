// SPDX-License-Identifier: Apache-2.0

import Recording
package import Report
import Scenarios

extension Replay {
  /// In one sentence: whether it is bit for bit what was recorded.
  package var verdict: String {
    if let first = firstDifference {
      let place =
        "event \(first.event) (\(first.kind), \(ResultTable.decimals(first.second, 1)) s, byte \(first.offset))"
      return "NOT the same: \(differing) of \(compared) events led to other actions; the first is \(place)"
    }
    if let firstGap {
      return "the same up to event \(firstGap), after which \(missing) events are missing in the record"
    }
    return events > 0
      ? "bit for bit the same: all \(events) events led to the recorded actions" : "the record holds no event"
  }

  /// How the file ended.
  package var ending: String {
    if let damage { return "\(damage); what stands before was replayed" }
    return end.map { "ended because \($0.words)" }
      ?? "ended without saying why: the daemon was killed, or its machine stopped"
  }

  private var duration: Double { trace.seconds.last ?? 0 }

  private var largest: Double? { trace.offsets.map(\.magnitude).max() }

  /// The summary for people; each line with its line break.
  package func text(_ style: TextStyle) -> String {
    let isGood = isIdentical == true
    var out = "record of \(printable(head.program, limit: 80)), clock \(head.clock.rawValue)\n"
    out += style.paint(verdict, isGood ? .green : .red) + "\n"
    for sentence in foreign { out += "  " + printable(sentence) + "\n" }
    out += "\(ending)\n"
    let kinds = counts.map { "\($0.count) \($0.kind)" }.joined(separator: ", ")
    out += "\(events) events in \(ResultTable.decimals(duration, 0)) s\(kinds.isEmpty ? "" : ": \(kinds)")\n"
    if let offset = trace.offsets.last, let largest {
      out +=
        "estimated offset at the end \(ResultTable.scaled(offset, "s")), largest \(ResultTable.scaled(largest, "s"))\n"
      out += "bounds at the end: statistical \(bound(trace.statisticalBounds)), hard \(bound(trace.hardBounds))\n"
    }
    if !sources.isEmpty { out += "\n" + sourcesTable.text(style) }
    if !log.isEmpty {
      out += "\n"
      for line in log { out += "\(ResultTable.decimals(line.second, 1)) s: \(printable(line.text))\n" }
    }
    return out
  }

  private func bound(_ bounds: [Double]) -> String {
    bounds.last.map { $0.isFinite ? ResultTable.scaled($0, "s") : "none (unsynchronized)" } ?? "none"
  }

  private var sourcesTable: TextTable {
    var table = TextTable([
      ("source", .right), ("state", .left), ("samples", .right), ("refused", .right), ("spikes", .right),
      ("offset", .right), ("error", .right), ("delay", .right), ("jitter", .right),
    ])
    for source in sources {
      table.add([
        "\(source.id)", source.state + (source.isRemoved ? ", then removed" : ""), "\(source.samples)",
        "\(source.refused)", "\(source.spikes)",
        source.offset.map { ResultTable.scaled($0, "s") } ?? "-", ResultTable.scaled(source.offsetError, "s"),
        ResultTable.scaled(source.delay, "s"), ResultTable.scaled(source.jitter, "s"),
      ])
    }
    return table
  }

  package var json: JSONValue {
    func real(_ value: Double?) -> JSONValue { value.map { .real($0) } ?? .null }
    let first: JSONValue =
      firstDifference.map { difference in
        .object([
          JSONMember("event", .integer(Int64(difference.event))), JSONMember("kind", .string(difference.kind)),
          JSONMember("second", .real(difference.second)), JSONMember("byte", .integer(Int64(difference.offset))),
        ])
      } ?? .null
    return .object([
      JSONMember("program", .string(head.program)),
      JSONMember("identical", isIdentical.map { .boolean($0) } ?? .null),
      JSONMember("verdict", .string(verdict)),
      JSONMember("events", .integer(Int64(events))),
      JSONMember("compared", .integer(Int64(compared))),
      JSONMember("differing", .integer(Int64(differing))),
      JSONMember("first_difference", first),
      JSONMember("missing", .integer(Int64(clamping: missing))),
      JSONMember("differences_of_engine", .array(foreign.map { .string($0) })),
      JSONMember("ending", .string(ending)),
      JSONMember("is_complete", .boolean(damage == nil && end != nil)),
      JSONMember("counts", .object(counts.map { JSONMember($0.kind, .integer(Int64($0.count))) })),
      JSONMember("duration_s", .real(duration)),
      JSONMember("offset_s", real(trace.offsets.last)),
      JSONMember("largest_offset_s", real(largest)),
      JSONMember("bound_statistical_s", real(trace.statisticalBounds.last)),
      JSONMember("bound_hard_s", real(trace.hardBounds.last)),
      JSONMember("frequency", real(trace.frequencies.last)),
      JSONMember(
        "sources",
        .array(
          sources.map { source in
            .object([
              JSONMember("id", .integer(Int64(source.id))), JSONMember("state", .string(source.state)),
              JSONMember("is_removed", .boolean(source.isRemoved)),
              JSONMember("samples", .integer(Int64(source.samples))),
              JSONMember("refused", .integer(Int64(source.refused))),
              JSONMember("spikes", .integer(Int64(source.spikes))), JSONMember("offset_s", real(source.offset)),
              JSONMember("offset_error_s", .real(source.offsetError)), JSONMember("delay_s", .real(source.delay)),
              JSONMember("jitter_s", .real(source.jitter)),
            ])
          })),
      JSONMember(
        "log",
        .array(
          log.map { .object([JSONMember("second", .real($0.second)), JSONMember("text", .string($0.text))]) })),
    ])
  }
}
