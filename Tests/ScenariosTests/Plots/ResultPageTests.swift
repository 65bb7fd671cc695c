// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenarios

@Suite struct ResultPageTests {
  static func record(seconds: Int = 2000) -> RunRecord {
    var record = RunRecord()
    for second in 1...seconds {
      record.append(
        offset: second == 1500 ? 3e-3 : 1e-6 * Double(second % 7 - 3), frequency: 1e-9 * Double(second % 5 - 2),
        statistical: second < 10 ? .infinity : 1e-5, hard: second < 10 ? .infinity : 1e-2)
    }
    record.samples = 123
    return record
  }

  private func page(named name: String = "a", note: String = "note") throws -> String {
    let text = #"""
      {"scenarios":{"\#(name)":{"note":"\#(note)","poll_log2_s":0,"duration_s":2000,"warm_s":1000,"goal_ratio":0.5,
      "model":{"base_s":1},"chrony_fixed":{"rms_s":2e-6,"p99_s":4e-6,"max_s":5e-6,"freq_rms":7e-9,"within_1ms_s":6}}}}
      """#
    let scenario = try #require(try Scenario.read(Array(text.utf8)).first)
    let record = Self.record()
    let result = ScenarioResult(
      scenario: scenario, runs: [RunMetrics(record, warm: 1000)], parametersDigest: "0123abcd")
    var page = ResultPage()
    page.add(result, plotted: record, seed: 42)
    return page.html
  }

  /// Every tag that is opened is closed, in order.
  static func isBalanced(_ html: String) -> Bool {
    var open: [Substring] = []
    for piece in (" " + html).split(separator: "<").dropFirst() {
      guard let end = piece.firstIndex(of: ">") else { return false }
      let tag = piece[..<end]
      if tag.hasPrefix("!") || tag.hasPrefix("meta") || tag.hasSuffix("/") { continue }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }

  @Test func onePageThatNeedsNothingElse() throws {
    let html = try page()
    #expect(Self.isBalanced(html))
    for stranger in ["<script", "<link", "<img", "src=", "http:", "https:", "url(", "@import"] {
      #expect(!html.contains(stranger), "\(stranger)")
    }
    #expect(html.utf8.count < 200_000)
    #expect(html.split(separator: "<svg ").count == 4)
  }

  @Test func theTableAsPrintedAndChronysFigures() throws {
    let html = try page()
    #expect(html.contains("<th>stat. %</th>"))
    #expect(html.contains("<td class=\"missed\">3.00 ms (600.00)!</td>"))
    #expect(
      html.contains(
        "chrony, same poll interval</td><td>2.00 us</td><td>4.00 us</td><td>5.00 us</td><td>7.00 ppb</td><td>6 s"))
    #expect(html.contains("Engine parameters 0123abcd") && html.contains("seed 42: 123 samples"))
  }

  /// The error with both bounds, the seconds in which one did not hold, and those without a bound.
  @Test func bothBoundsAndWhereTheyFail() throws {
    let html = try page()
    #expect(html.split(separator: "<path class=\"curve hard\"").count == 4)
    #expect(html.split(separator: "<path class=\"curve statistical\"").count == 4)
    #expect(html.contains("&gt; stat.</text><path class=\"alarm statistical\" d=\"M"))
    #expect(!html.contains("&gt; hard"))
    #expect(html.contains("unsync."))
    #expect(html.contains("chrony&#39;s p99"))
  }

  /// Names come from files that anybody writes.
  @Test func textIsNoMarkup() throws {
    let html = try page(named: "<b>&", note: "'<script>alert(1)</script>")
    #expect(Self.isBalanced(html))
    #expect(!html.contains("<script") && !html.contains("<b>"))
    #expect(html.contains("<h2>&lt;b&gt;&amp;</h2>") && html.contains("&#39;&lt;script&gt;"))
    #expect(markup("a\u{0}\u{1B}\u{9B}b") == "a\u{FFFD}\u{FFFD}\u{FFFD}b")
  }
}
