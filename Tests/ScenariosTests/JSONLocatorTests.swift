// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenarios

@Suite struct JSONLocatorTests {
  static let text = """
    {"about": "braces } and \\"quotes\\" in a text, [1]",
     "scenarios": {
      "a": {"warm_s": 1,
            "model": [1, {"x": 2}]},
      "b": {
        "warm_s": 2,
        "model": {
          "sources": [
            {"n": [1, 2]},
            {"n": [3,
                   4], "about": {}}
          ]
        }
      }}}
    """

  /// By key and index, past others of the same name; the last part that is there counts.
  @Test(arguments: [
    ("scenarios", 2), ("a", 3), ("a.warm_s", 3), ("a.model[1].x", 4), ("b", 5), ("b.warm_s", 6), ("b.model", 7),
    ("b.model.sources", 8), ("b.model.sources[0].n[1]", 9), ("b.model.sources[1]", 10), ("b.model.sources[1].n[1]", 11),
    ("b.model.sources[1].about", 11), ("b.model.nothing", 7), ("b.model.sources[7]", 8), ("c", 2),
  ])
  func line(_ path: String, _ expected: Int) {
    #expect(JSONLocator(Array(Self.text.utf8)).line(of: path) == expected)
  }

  /// It is given parsed texts only, but must end on any.
  @Test func endsOnAnything() {
    let text = Array(Self.text.utf8)
    for length in 0..<text.count {
      #expect(JSONLocator(Array(text[..<length])).line(of: "b.model.sources[1].n[1]") >= 1)
    }
  }
}
