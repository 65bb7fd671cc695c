// SPDX-License-Identifier: Apache-2.0

/// Guesses what somebody meant to write.
package enum Suggestion {
  /// The nearest of `candidates` to `word`: one of which it is the beginning ("max_slew_rate" of "max_slew_rate_ppm"), else the
  /// one with the least edit distance, if that is at most a third of its length (and at least one edit is always forgiven).
  package static func nearest(to word: String, among candidates: [String]) -> String? {
    let simple = normalized(word)
    guard !simple.isEmpty, simple.count <= 64 else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let target = normalized(candidate)
      if target == simple { return candidate }
      let isBeginning = simple.count >= 4 && target.starts(with: simple + [UInt8(ascii: "_")])
      let distance = isBeginning ? 1 : distance(simple, target)
      if distance <= max(1, min(simple.count, target.count) / 3), distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    return best?.candidate
  }

  /// Lower case, hyphens as underscores.
  private static func normalized(_ word: String) -> [UInt8] {
    word.utf8.map { byte in
      byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : (byte >= 65 && byte <= 90 ? byte + 32 : byte)
    }
  }

  /// Edits that turn one into the other: a letter more, less or different, or two neighbours swapped (Damerau and Levenshtein,
  /// optimal string alignment).
  package static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
