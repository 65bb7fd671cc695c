// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import PPS

@Suite struct PulseGateTests {
  static func at(_ seconds: Double) -> RawInstant {
    RawInstant(sinceEpoch: TimeInterval(nanosecondsAsDouble: 1e9 * (1000 + seconds)))
  }

  @Test func aBeatIsThreePulses() {
    var gate = PulseGate()
    #expect(gate.take(Self.at(0)) == .gathering && gate.take(Self.at(1)) == .gathering)
    #expect(gate.take(Self.at(2)) == .onBeat(seconds: 1))
    #expect(gate.take(Self.at(5)) == .onBeat(seconds: 3))
    #expect(gate.take(Self.at(5)) == .refused(.frozen) && gate.take(Self.at(4.5)) == .refused(.frozen))
  }

  @Test func theToleranceHoldsToItsEdge() {
    func verdict(_ late: Double, after seconds: Double = 1) -> PulseGate.Verdict {
      var gate = PulseGate(tolerance: .microseconds(500))
      for second in 0..<3 { _ = gate.take(Self.at(Double(second))) }
      return gate.take(Self.at(2 + seconds + late))
    }
    #expect(verdict(499e-6) == .onBeat(seconds: 1) && verdict(-499e-6) == .onBeat(seconds: 1))
    #expect(verdict(501e-6) == .refused(.offBeat) && verdict(-501e-6) == .refused(.offBeat))
    // Each further second adds what a crystal may be off by.
    #expect(verdict(1390e-6, after: 10) == .onBeat(seconds: 10) && verdict(1410e-6, after: 10) == .refused(.offBeat))
    #expect(verdict(-0.6) == .refused(.double) && verdict(0, after: 64) == .onBeat(seconds: 64))
    #expect(verdict(0, after: 66) == .gathering)
  }

  @Test func strayPulsesInARowDoNotMoveTheBeat() {
    var gate = PulseGate()
    for second in 0..<10 { _ = gate.take(Self.at(Double(second))) }
    var random = SeededGenerator(seed: 3)
    for second in 10..<200 {
      // Each at its own place: no beat of their own.
      #expect(gate.take(Self.at(Double(second) + 0.1 + 0.8 * random.uniform())) != .onBeat(seconds: 1))
    }
  }

  @Test func aCardThatMarksBothEdgesIsHeardWithTheRightOne() {
    // Whichever comes first, and whichever is the shorter.
    for (first, width) in [(0.0, 0.1), (0.1, 0.1), (0.0, 0.0001)] {
      var gate = PulseGate(tellsEdges: false)
      var beats: [Double] = []
      for half in 0..<40 {
        let time = Double(half / 2) + (half % 2 == 0 ? 0 : width)
        if time < first { continue }
        if case .onBeat = gate.take(Self.at(time)) { beats.append(time) }
      }
      #expect(beats.count >= 15 && beats.allSatisfy { $0 == $0.rounded() }, "\(first) \(width): \(beats)")
      #expect(!gate.isNoisy)
    }
    // Pulse and pause of one length: nobody can say.
    var gate = PulseGate(tellsEdges: false)
    for half in 0..<40 { #expect(gate.take(Self.at(0.5 * Double(half))) == .gathering) }
  }

  @Test func twoNeighbouringEdgesThatAreLostMakeNoWrongBeat() {
    // The pulse begins at whole seconds and ends 0.3 s later; the end at 1.3 and the beginning at 2.0 are lost.
    var gate = PulseGate(tellsEdges: false)
    for time in [-0.7, 0, 0.3, 1, 2.3] { #expect(gate.take(Self.at(time)) == .gathering) }
    var beats: [Double] = []
    for half in 6..<40 {
      let time = Double(half / 2) + (half % 2 == 0 ? 0 : 0.3)
      if case .onBeat = gate.take(Self.at(time)) { beats.append(time) }
    }
    #expect(beats.count >= 14 && beats.allSatisfy { $0 == $0.rounded() }, "\(beats)")
  }

  @Test func wholeSecondsAreSplitOff() {
    for (interval, seconds, rest) in [(1400, 1, 400), (1600, 2, -400), (500, 1, -500), (499, 0, 499)] {
      let split = PulseGate.split(.milliseconds(Int64(interval)))
      #expect(split.seconds == Int64(seconds) && split.rest == .milliseconds(Int64(rest)))
    }
    #expect(PulseGate.split(.max).seconds >= Int64.max / 1_000_000_000)
  }
}
