// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Selection

@Suite struct ClusterTests {
  static func random(_ count: Int, _ generator: inout SeededGenerator) -> CandidateList {
    var list = CandidateList()
    for i in 0..<count {
      list.append(
        Candidate(
          index: i, offset: Double.random(in: -1...1, using: &generator), rootDistance: 1,
          jitter: Double.random(in: 0.05...0.8, using: &generator)))
    }
    return list
  }

  /// RFC 5905, section 11.2.2, written plainly over arrays.
  static func plain(_ list: CandidateList, minimum: Int) -> [Int] {
    var rest = (0..<list.count).map { list[$0] }
    while rest.count > minimum {
      let jitters = rest.map { one in
        (rest.map { ($0.offset - one.offset) * ($0.offset - one.offset) }.reduce(0, +) / Double(rest.count - 1))
          .squareRoot()
      }
      let worst = jitters.indices.max { jitters[$0] < jitters[$1] } ?? 0
      let smallest = rest.map(\.jitter).min() ?? 0
      if jitters[worst] < smallest { break }
      rest.remove(at: worst)
    }
    return rest.map(\.index)
  }

  @Test func agreesWithTheFormula() {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<3000 {
      let list = Self.random(Int.random(in: 1...12, using: &generator), &generator)
      var rest = list
      while Cluster.castOut(from: &rest, minimum: Cluster.minimumSurvivors) != nil {}
      #expect((0..<rest.count).map { rest[$0].index } == Self.plain(list, minimum: 3))
    }
  }

  @Test func selectionJitterIsTheFormula() {
    var generator = SeededGenerator(seed: 22)
    let list = Self.random(6, &generator)
    for i in 0..<6 {
      let squares = (0..<6).map { (list[$0].offset - list[i].offset) * (list[$0].offset - list[i].offset) }.reduce(0, +)
      #expect((Cluster.selectionJitter(of: i, in: list) - (squares / 5).squareRoot()).magnitude < 1e-12)
    }
    var single = CandidateList()
    single.append(list[0])
    #expect(Cluster.selectionJitter(of: 0, in: single) == 0)
  }

  @Test func keepsTheMinimum() {
    var list = CandidateList()
    for i in 0..<5 { list.append(Candidate(index: i, offset: Double(i * i), rootDistance: 1, jitter: 1e-9)) }
    while Cluster.castOut(from: &list, minimum: 3) != nil {}
    #expect((0..<list.count).map { list[$0].index } == [0, 1, 2])
  }
}
