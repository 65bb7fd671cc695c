// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Selection

@Suite struct IntersectionTests {
  static func list(_ intervals: [(offset: Double, distance: Double)]) -> [Candidate] {
    intervals.enumerated().map { Candidate(index: $0, offset: $1.offset, rootDistance: $1.distance) }
  }

  static func find(_ candidates: [Candidate]) -> Intersection? {
    var list = CandidateList()
    for candidate in candidates { list.append(candidate) }
    return Intersection.find(list.intervals())
  }

  /// The algorithm as RFC 5905's appendix A.5.5.1 walks it: a sorted list of edges and midpoints, from both ends.
  static func walk(_ list: [Candidate]) -> Intersection? {
    var edges: [(value: Double, type: Int)] = []
    for i in 0..<list.count {
      edges.append((list[i].low, -1))
      edges.append((list[i].offset, 0))
      edges.append((list[i].high, 1))
    }
    edges.sort { $0.value != $1.value ? $0.value < $1.value : $0.type < $1.type }
    var allow = 0
    while 2 * allow < list.count {
      var low = Double.infinity
      var high = -Double.infinity
      var found = 0
      var chime = 0
      for edge in edges {
        chime -= edge.type
        if chime >= list.count - allow {
          low = edge.value
          break
        }
        if edge.type == 0 { found += 1 }
      }
      chime = 0
      for edge in edges.reversed() {
        chime += edge.type
        if chime >= list.count - allow {
          high = edge.value
          break
        }
        if edge.type == 0 { found += 1 }
      }
      if found <= allow && low <= high { return Intersection(low: low, high: high) }
      allow += 1
    }
    return nil
  }

  /// The definition itself, by trying every point that could matter.
  static func search(_ list: [Candidate]) -> Intersection? {
    let points = (0..<list.count).flatMap { [list[$0].low, list[$0].high] }
    for allowed in 0..<list.count where 2 * allowed < list.count {
      let covered = points.filter { point in
        (0..<list.count).filter { list[$0].low <= point && point <= list[$0].high }.count >= list.count - allowed
      }
      guard let low = covered.min(), let high = covered.max() else { continue }
      let outside = (0..<list.count).filter { list[$0].offset < low || list[$0].offset > high }.count
      if outside <= allowed { return Intersection(low: low, high: high) }
    }
    return nil
  }

  /// Thousands of random sets, with many equal edges among them: three ways to the same interval.
  @Test func agreesWithTheDefinition() {
    var random = SeededGenerator(seed: 11)
    var found = 0
    var wrong = 0
    for round in 0..<20_000 {
      let count = Int.random(in: 1...9, using: &random)
      let isCoarse = round % 2 == 0
      let intervals = (0..<count).map { _ -> (Double, Double) in
        let offset = Double.random(in: -10...10, using: &random)
        let distance = Double.random(in: 0...6, using: &random)
        return isCoarse ? (offset.rounded(), distance.rounded()) : (offset, distance)
      }
      let list = Self.list(intervals)
      let result = Self.find(list)
      if result != nil { found += 1 }
      if result != Self.search(list) || result != Self.walk(list) { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(found > 5000 && found < 19_000)
  }

  /// What is found lies in a strict majority of the intervals at either end.
  @Test func isAMajority() {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<2000 {
      let list = Self.list(
        (0..<7).map { _ in (Double.random(in: -3...3, using: &random), Double.random(in: 0...2, using: &random)) })
      guard let result = Self.find(list) else { continue }
      for point in [result.low, result.high] {
        let cover = (0..<7).filter { list[$0].low <= point && point <= list[$0].high }.count
        #expect(2 * cover > 7)
      }
    }
  }

  /// Fewer than half lying together cannot shut out the truth where honest intervals hold it.
  @Test func minorityCannotWin() {
    var random = SeededGenerator(seed: 13)
    for _ in 0..<2000 {
      var intervals: [(Double, Double)] = (0..<5).map { _ in
        let distance = Double.random(in: 0.1...1, using: &random)
        return (Double.random(in: -distance...distance, using: &random), distance)
      }
      let lie = Double.random(in: 5...50, using: &random)
      intervals += (0..<4).map { _ in (lie, 0.5) }
      if let result = Self.find(Self.list(intervals)) {
        #expect(result.low <= 1 && result.high >= -1)
        #expect(result.high < 4)
      }
    }
  }

  @Test func edges() {
    #expect(Self.find([]) == nil)
    #expect(Self.find(Self.list([(1, 0.5)])) == Intersection(low: 0.5, high: 1.5))
    // Two that do not touch are no majority; two that touch in a point agree, their midpoints do not.
    #expect(Self.find(Self.list([(0, 1), (3, 1)])) == nil)
    #expect(Self.find(Self.list([(0, 1), (2, 1)])) == nil)
    #expect(Self.find(Self.list([(0, 1), (0.5, 1)])) == Intersection(low: -0.5, high: 1))
  }
}
