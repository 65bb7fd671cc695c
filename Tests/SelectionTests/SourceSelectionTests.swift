// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Selection

@Suite struct SourceSelectionTests {
  static func list(_ candidates: [Candidate]) -> CandidateList {
    var list = CandidateList()
    for candidate in candidates { list.append(candidate) }
    return list
  }

  static func select(_ candidates: [Candidate], minimum: Int = 1, require: Bool = false) -> SourceSelection {
    var selection = SourceSelection()
    selection.select(list(candidates), minimumSources: minimum, requirePresent: require)
    return selection
  }

  @Test func falsetickerIsNamed() {
    let selection = Self.select([
      Candidate(index: 3, offset: 0, rootDistance: 0.01),
      Candidate(index: 5, offset: 0.001, rootDistance: 0.01),
      Candidate(index: 9, offset: 1, rootDistance: 0.01),
    ])
    #expect(selection.outcome == .selected)
    #expect(selection.state(of: 9) == .falseticker)
    #expect(selection.state(of: 3) == .selected)
    #expect(selection.state(of: 5) == .combined)
  }

  /// Lower stratum first, then the smaller root distance.
  @Test func orderOfPreference() {
    let selection = Self.select([
      Candidate(index: 0, offset: 0, rootDistance: 0.01, stratum: 2),
      Candidate(index: 1, offset: 0, rootDistance: 0.05, stratum: 1),
      Candidate(index: 2, offset: 0, rootDistance: 0.02, stratum: 1),
    ])
    #expect((0..<3).map { selection.survivors[$0].index } == [2, 1, 0])
    #expect(selection.systemSource == 2)
  }

  /// A receiver that knows the time to half a second is not whom the host follows beside servers of milliseconds.
  @Test func aLowStratumIsNoMeritOfOneThatIsFar() {
    let servers = [
      Candidate(index: 1, offset: 0, rootDistance: 0.002, stratum: 1),
      Candidate(index: 2, offset: 0, rootDistance: 0.003, stratum: 1),
    ]
    var receiver = Candidate(index: 0, offset: 0, rootDistance: 0.5, stratum: 0)
    let selection = Self.select([receiver] + servers)
    #expect(selection.systemSource == 1 && selection.state(of: 0) == .combined)
    receiver.rootDistance = 0.011
    #expect(Self.select([receiver] + servers).systemSource == 0)
    receiver.rootDistance = 0.5
    receiver.prefer = true
    #expect(Self.select([receiver] + servers).systemSource == 0, "the operator said so")
    #expect(Self.select([receiver]).systemSource == 0)
  }

  /// Who has grown far gives way.
  @Test func oneThatHasGrownFarGivesWay() {
    var selection = SourceSelection()
    var receiver = Candidate(index: 0, offset: 0, rootDistance: 0.001, stratum: 0)
    let server = Candidate(index: 1, offset: 0, rootDistance: 0.002, stratum: 1)
    selection.select(Self.list([receiver, server]), minimumSources: 1, requirePresent: false)
    #expect(selection.systemSource == 0)
    receiver.rootDistance = 0.12
    selection.select(Self.list([receiver, server]), minimumSources: 1, requirePresent: false)
    #expect(selection.systemSource == 1)
  }

  /// The system source stays while it survives, yields to a lower stratum and to a preferred one.
  @Test func noHopping() {
    var selection = SourceSelection()
    var first = Candidate(index: 0, offset: 0, rootDistance: 0.01, stratum: 2)
    var second = Candidate(index: 1, offset: 0, rootDistance: 0.02, stratum: 2)
    func choose() -> Int? {
      selection.select(Self.list([first, second]), minimumSources: 1, requirePresent: false)
      return selection.systemSource
    }
    #expect(choose() == 0)
    first.rootDistance = 0.15
    #expect(choose() == 0)
    second.stratum = 1
    #expect(choose() == 1)
    second.stratum = 2
    #expect(choose() == 1)
    first.prefer = true
    #expect(choose() == 0)
  }

  @Test func waitsForEnough() {
    let one = Candidate(index: 4, offset: 0, rootDistance: 1)
    #expect(Self.select([one], minimum: 2).outcome == .waiting(.tooFewSources))
    #expect(Self.select([one], minimum: 2).state(of: 4) == .waiting(.tooFewSources))
    #expect(Self.select([one], require: true).outcome == .waiting(.requiredSourceMissing))
    var required = one
    required.require = true
    #expect(Self.select([required], require: true).outcome == .selected)
    #expect(Self.select([]).outcome == .noCandidates)
    let apart = Candidate(index: 5, offset: 5, rootDistance: 1)
    #expect(Self.select([one, apart]).outcome == .waiting(.noMajority))
    #expect(Self.select([one, apart]).systemSource == nil)
  }

  @Test func trustedVoteAlone() {
    let selection = Self.select([
      Candidate(index: 0, offset: 1, rootDistance: 0.1), Candidate(index: 1, offset: 1, rootDistance: 0.1),
      Candidate(index: 2, offset: 0, rootDistance: 0.1, trust: true),
      Candidate(index: 3, offset: 0.1, rootDistance: 0.1),
    ])
    #expect(selection.state(of: 0) == .falseticker)
    #expect(selection.state(of: 1) == .falseticker)
    #expect((0..<selection.survivors.count).map { selection.survivors[$0].index }.sorted() == [2, 3])
  }

  /// Who moves against the majority by more than its own uncertainty is an outlier, however wide its root distance.
  @Test func moverIsAnOutlier() {
    func candidate(_ index: Int, _ offset: Double, bias: Double = 0) -> Candidate {
      var candidate = Candidate(index: index, offset: offset, rootDistance: 1)
      candidate.innerOffset = offset - bias
      candidate.innerDistance = 0.01
      return candidate
    }
    let five = (0..<5).map { candidate($0, $0 == 4 ? 0.5 : 0.001 * Double($0)) }
    let selection = Self.select(five)
    #expect(selection.state(of: 4) == .outlier)
    #expect(selection.survivors.count == 4)
    // A distance that was always there is the path's.
    #expect(Self.select(Array(five[0..<4]) + [candidate(4, 0.5, bias: 0.498)]).survivors.count == 5)
    // One against one is no majority: both stay.
    #expect(Self.select([candidate(0, 0), candidate(1, 0.5)]).survivors.count == 2)
  }
}
