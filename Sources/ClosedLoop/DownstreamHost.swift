// SPDX-License-Identifier: Apache-2.0

import Engine
import ProviderHost
import Scenarios
import Simulation
import TimeTypes
import VirtualHost

/// A host that follows the run's own, and nobody else, by the NTP client; and whether its bound held.
final class DownstreamHost {
  let client: SimulatedHost
  /// Seconds of `measure` in which it was called synchronized, those in which its hard bound held then, and the greatest one.
  private(set) var judged = 0
  private(set) var held = 0
  private(set) var greatestBound = 0.0

  init(
    number: Int, of scenario: Scenario, behind server: VirtualHost, in world: VirtualWorld, truth: TrueTime,
    seed: UInt64,
    parameters: EngineParameters, modules: SimulatedModules
  ) throws(ProviderError) {
    var model = scenario.oscillator
    // No two crystals are alike: 7 ppm from each to the next.
    model.base += 7e-6 * Double(number + 1)
    client = SimulatedHost(
      SimulatedHost.Kind(
        address: .ipv4(10, 2, UInt8(truncatingIfNeeded: number), 1), oscillator: model,
        stream: 1 << 58 | UInt64(number), counter: RawInstant(nanoseconds: 2_000_000_000_000),
        tickPhase: .milliseconds(50 * Int64(number + 1))),
      of: scenario, in: world, truth: truth, seed: seed, parameters: parameters)
    if let clients = scenario.clients {
      world.network.setPath(clients.up, from: client.host.node, to: server.node)
      world.network.setPath(clients.down, from: server.node, to: client.host.node)
    }
    client.discipline.tick()
    let poll = ProviderSetting.Value.integer(Int64(scenario.poll))
    client.discipline.add(
      try client.host.start(
        modules.client, provider: "ntp-client",
        settings: [
          ProviderSetting(path: "source[0].address", value: .string("10.1.0.1")),
          ProviderSetting(path: "source[0].min_poll", value: poll),
          ProviderSetting(path: "source[0].max_poll", value: poll),
        ]))
  }

  /// Its clock's error at a whole true second and, where that is judged, whether the bound that it publishes holds; how far that grows is
  /// asked while something is wrong.
  func measure(_ truth: TrueTime, at moment: RawInstant, isJudged: Bool, isFaulty: Bool) -> Double {
    let error = truth.error(of: client.reading(at: moment).time, at: moment)
    let bound = client.bounds(at: moment).hard
    guard isJudged, bound.isFinite else { return error }
    judged += 1
    if error.magnitude <= bound { held += 1 }
    if isFaulty { greatestBound = max(greatestBound, bound) }
    return error
  }
}
