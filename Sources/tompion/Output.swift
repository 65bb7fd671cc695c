// SPDX-License-Identifier: Apache-2.0

import Control
import LinuxKernel
import Report

/// How a reply is shown.
struct Output {
  var json: Bool
  var style: TextStyle

  /// Colours only on a terminal, and not where NO_COLOR is set to anything (no-color.org) or the terminal is dumb.
  init(json: Bool) {
    self.json = json
    let refused = Console.environment("NO_COLOR").map { !$0.isEmpty } ?? false
    style = TextStyle(
      isColoured: Console.isTerminal(Console.output) && !refused && Console.environment("TERM") != "dumb")
  }

  /// The reply's body as text, each line with its line break.
  func text(_ request: ControlRequest, _ body: JSONValue) -> String {
    if json {
      if case .events(_, _, follow: true) = request {
        return body.elements("events").map { $0.encoded + "\n" }.joined()
      }
      return body.encoded + "\n"
    }
    switch request {
    case .status: return StatusSnapshot(json: body).text(style)
    case .sources:
      var snapshot = StatusSnapshot()
      snapshot.sources = body.elements("sources").map { SourceReport(json: $0) }
      return snapshot.sourcesText(style)
    case .providers:
      var snapshot = StatusSnapshot()
      snapshot.providers = body.elements("providers").map { ProviderReport(json: $0) }
      return snapshot.providersText(style)
    case .clocks:
      return StatusSnapshot(clocksJSON: body).clocksText(style)
    case .why: return sentence(body, "why")
    case .events(_, _, let follow):
      let events = body.elements("events").compactMap { EventRecord(json: $0) }
      return events.isEmpty && !follow ? "There is no event.\n" : events.map { $0.line(style) + "\n" }.joined()
    case .resync, .setTime: return sentence(body, "text")
    }
  }

  /// A followed event as one line.
  func text(_ event: EventRecord) -> String { (json ? event.json.encoded : event.line(style)) + "\n" }

  private func sentence(_ body: JSONValue, _ name: String) -> String {
    guard case .string(let text)? = body[name] else { return "tompiond gave no reason.\n" }
    return printable(text, limit: 2000) + "\n"
  }
}
