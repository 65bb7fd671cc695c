// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

@Suite struct VirtualNetworkTests {
  let a = NodeID(rawValue: 0)
  let b = NodeID(rawValue: 1)

  private func arrivals(_ path: PathModel, count: Int = 5000, seed: UInt64 = 9) -> [VirtualNetwork.Arrivals] {
    var network = VirtualNetwork(seed: seed, defaultPath: path)
    return (0..<count).compactMap { network.send(from: a, to: b, now: RawInstant(nanoseconds: Int64($0) * 1000)) }
  }

  @Test func constantPath() {
    for (index, arrival) in arrivals(PathModel(constant: .milliseconds(3))).enumerated() {
      #expect(arrival.first?.nanoseconds == Int64(index) * 1000 + 3_000_000)
      #expect(arrival.second == nil)
    }
  }

  @Test func lossAndDuplication() {
    let all = arrivals(PathModel(delay: DelayModel(constant: .milliseconds(1)), loss: 0.5, duplication: 0.1))
    // Five standard deviations of 5000 trials.
    #expect(abs(all.filter { $0.first == nil }.count - 2500) < 177)
    #expect(abs(all.filter { $0.second != nil }.count - 500) < 107)
  }

  @Test func orderIsKeptUnlessThePathReorders() {
    let delay = DelayModel(constant: .milliseconds(1), jitter: .exponential(mean: .milliseconds(1)))
    func overtakings(_ path: PathModel) -> Int {
      let moments = arrivals(path).compactMap(\.first)
      return zip(moments, moments.dropFirst()).filter { $0 > $1 }.count
    }
    #expect(overtakings(PathModel(delay: delay)) == 0)
    #expect(overtakings(PathModel(delay: delay, reorders: true)) > 0)
  }

  @Test func sameSeedSameRun() {
    let path = PathModel(
      delay: DelayModel(constant: .milliseconds(1), jitter: .gaussian(deviation: .milliseconds(1))), loss: 0.1,
      reorders: true)
    #expect(arrivals(path) == arrivals(path))
    #expect(arrivals(path) != arrivals(path, seed: 10))
    #expect(arrivals(path).allSatisfy { ($0.first?.nanoseconds ?? 0) >= 0 })
  }

  @Test func trafficElsewhereChangesNothing() {
    let path = PathModel(delay: DelayModel(constant: .milliseconds(1), jitter: .exponential(mean: .milliseconds(1))))
    var network = VirtualNetwork(seed: 9, defaultPath: path)
    let alone = arrivals(path, count: 50)
    let beside = (0..<50).compactMap { index -> VirtualNetwork.Arrivals? in
      _ = network.send(from: b, to: a, now: RawInstant(nanoseconds: Int64(index)))
      return network.send(from: a, to: b, now: RawInstant(nanoseconds: Int64(index) * 1000))
    }
    #expect(alone == beside)
  }

  @Test func unreachableAndOwnHost() {
    var network = VirtualNetwork(seed: 1)
    #expect(network.send(from: a, to: b, now: RawInstant(nanoseconds: 5)) == nil)
    #expect(network.send(from: a, to: a, now: RawInstant(nanoseconds: 5))?.first?.nanoseconds == 5)
    network.setPath(PathModel(constant: .milliseconds(1)), from: a, to: b)
    #expect(network.send(from: a, to: b, now: RawInstant(nanoseconds: 5)) != nil)
    #expect(network.send(from: b, to: a, now: RawInstant(nanoseconds: 5)) == nil)
  }
}
