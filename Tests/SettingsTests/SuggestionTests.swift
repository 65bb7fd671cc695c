// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Suggestions")
struct SuggestionTests {
  @Test(
    "edit distance",
    arguments: [
      ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("ibrust", "iburst", 1), ("ab", "ba", 1), ("abc", "abc", 0),
    ])
  func distance(_ a: String, _ b: String, _ expected: Int) {
    #expect(Suggestion.distance(Array(a.utf8), Array(b.utf8)) == expected)
    #expect(Suggestion.distance(Array(b.utf8), Array(a.utf8)) == expected)
  }

  @Test("the nearest, or none when nothing is near")
  func nearest() {
    let keys = ["kind", "steer", "max_slew_rate_ppm", "min_sources"]
    #expect(Suggestion.nearest(to: "kindd", among: keys) == "kind")
    #expect(Suggestion.nearest(to: "max_slew_rate", among: keys) == "max_slew_rate_ppm")
    #expect(Suggestion.nearest(to: "Min-Sources", among: keys) == "min_sources")
    #expect(Suggestion.nearest(to: "colour", among: keys) == nil)
    #expect(Suggestion.nearest(to: "", among: keys) == nil)
    #expect(Suggestion.nearest(to: "x", among: []) == nil)
  }
}
