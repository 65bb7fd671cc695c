// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Selection

@Suite struct OrphanElectionTests {
  /// One host as another one polls it: what it serves, and the id that its address has.
  struct Peer {
    var stratum: UInt8
    var id: UInt32
    /// It was at the orphan stratum or beyond.
    var wasOrphan = false
  }

  static func election(_ peers: [Peer], own: UInt32, stratum: UInt8 = 10) -> OrphanElection {
    var election = OrphanElection(stratum: stratum)
    for (index, peer) in peers.enumerated() {
      election.take(
        Candidate(index: index, stratum: peer.stratum), referenceID: peer.id, isSenior: peer.id < own,
        isMember: peer.wasOrphan || election.makesMember(peer.stratum))
    }
    return election
  }

  /// Indices that take part.
  static func admitted(_ peers: [Peer], own: UInt32, isReady: Bool = true) -> [Int] {
    let election = election(peers, own: own)
    return peers.indices.filter {
      let isMember = peers[$0].wasOrphan || election.makesMember(peers[$0].stratum)
      return election.admits(Candidate(index: $0, stratum: peers[$0].stratum), isMember: isMember, isReady: isReady)
    }
  }

  @Test func theLeastIDLeads() {
    let peers = [Peer(stratum: 10, id: 7), Peer(stratum: 10, id: 3), Peer(stratum: 10, id: 9)]
    #expect(Self.admitted(peers, own: 20) == [1])
    #expect(Self.admitted(peers, own: 8) == [1])
    #expect(Self.admitted(peers, own: 3).isEmpty, "an equal id is nobody's to follow")
    #expect(Self.admitted(peers, own: 1).isEmpty, "this host leads")
  }

  @Test func realTimeAlwaysWins() {
    let peers = [Peer(stratum: 10, id: 3), Peer(stratum: 9, id: 50), Peer(stratum: 2, id: 60), Peer(stratum: 0, id: 0)]
    #expect(Self.admitted(peers, own: 20) == [1, 2, 3])
    #expect(Self.admitted(peers, own: 20, isReady: false) == [1, 2, 3])
  }

  @Test func membersAreNoWitnessesBesideRealTime() {
    let members = [Peer(stratum: 4, id: 3, wasOrphan: true), Peer(stratum: 2, id: 5, wasOrphan: true)]
    #expect(Self.admitted(members + [Peer(stratum: 9, id: 50)], own: 20) == [2])
    #expect(Self.admitted(members + [Peer(stratum: 10, id: 1), Peer(stratum: 3, id: 60)], own: 20) == [3])
  }

  /// Real time that only members hear: from those nearest to it.
  @Test func withoutRealTimeItsNearestMembersAreFollowed() {
    let members = [5, 4, 6, 4].map { Peer(stratum: $0, id: 3, wasOrphan: true) }
    #expect(Self.admitted(members, own: 20) == [1, 3])
    #expect(Self.admitted(members + [Peer(stratum: 10, id: 1)], own: 20) == [1, 3], "and no orphan")
  }

  @Test func whoIsAtTheOrphanStratumBecomesAMember() {
    let election = OrphanElection(stratum: 10)
    #expect((0...16).filter { election.makesMember($0) } == [10, 11, 12, 13, 14, 15], "16 is nobody's stratum")
  }

  @Test func whoFollowsAnOrphanIsNotFollowed() {
    #expect(Self.admitted([Peer(stratum: 11, id: 1), Peer(stratum: 15, id: 2)], own: 20).isEmpty)
  }

  @Test func nobodyIsLedBeforeItMayStandInItself() {
    #expect(Self.admitted([Peer(stratum: 10, id: 3)], own: 20, isReady: false).isEmpty)
  }

  /// Any number of hosts that see each other late and only in part, at random, but with the same ids: at no moment does a chain of
  /// followers close, and once all see all as it is, one leads and the others follow it.
  @Test func loopsAreImpossible() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let count = Int.random(in: 2...6, using: &random)
      let ids = (0..<count).map { _ in UInt32.random(in: 1...40, using: &random) }
      guard Set(ids).count == count else { continue }
      var leaders = [Int?](repeating: nil, count: count)
      // What each last heard of each other one.
      var heard = [[UInt8?]](repeating: [UInt8?](repeating: nil, count: count), count: count)
      func stratum(_ host: Int) -> UInt8 { leaders[host] == nil ? 10 : 11 }
      func decide(_ host: Int) {
        let others = (0..<count).filter { $0 != host && heard[host][$0] != nil }
        let peers = others.map { Peer(stratum: heard[host][$0] ?? 16, id: ids[$0]) }
        leaders[host] = Self.admitted(peers, own: ids[host]).first.map { others[$0] }
      }
      for _ in 0..<200 {
        let host = Int.random(in: 0..<count, using: &random)
        let other = Int.random(in: 0..<count, using: &random)
        if other != host { heard[host][other] = Bool.random(using: &random) ? stratum(other) : nil }
        decide(host)
        for start in 0..<count {
          var (at, links): (Int?, Int) = (start, 0)
          while let here = at, links <= count { (at, links) = (leaders[here], links + 1) }
          #expect(links <= count, "a loop")
        }
      }
      // Everybody hears everybody, again and again.
      for _ in 0..<3 {
        for host in 0..<count {
          for other in 0..<count where other != host { heard[host][other] = stratum(other) }
          decide(host)
        }
      }
      let first = ids.indices.min { ids[$0] < ids[$1] }
      #expect(leaders.indices.allSatisfy { leaders[$0] == ($0 == first ? nil : first) })
    }
  }
}
