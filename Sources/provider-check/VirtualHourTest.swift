// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import TimeTypes
import VirtualHost

/// An hour in virtual time, with servers, clients, an outage, a step and a restart: no misbehaviour, and silence after stop.
enum VirtualHourTest {
  static func run(_ context: CheckContext) -> Finding {
    context.eachRunning { (module, descriptor) throws(ProviderError) in
      let stage = VirtualStage(seed: context.seed, settings: context.settings)
      let provider = try stage.start(module, descriptor)
      var samples = 0
      for second in 0..<3600 {
        Watch.step(second)
        try befall(stage, provider, second)
        stage.world.run(for: .seconds(1))
        samples += provider.drain().count
        if let late = DeadlineTest.judge() { return late }
        guard provider.outbox.counters.misbehaviour == 0 else {
          return .clean(provider.instance, "second \(second) of a virtual hour, \(samples) samples so far")
        }
      }
      if let finding = silence(stage, provider) { return finding }
      let sources = provider.outbox.sources.snapshot().count
      provider.instance.close()
      return .clean(
        provider.instance,
        "3600 s: \(sources) sources, \(samples) samples in order, \(stage.world.datagrams) datagrams; silent after stop"
      )
    }
  }

  private static func befall(_ stage: VirtualStage, _ provider: VirtualProvider, _ second: Int) throws(ProviderError) {
    switch second {
    case 600: stage.host.setOscillator(.partsPerMillion(40))
    case 1200: stage.host.step(by: .seconds(10))
    case 1500: stage.host.step(by: .seconds(-10))
    case 1800: provider.instance.stop()
    case 1860: try provider.instance.start()
    case 2400: provider.instance.command(TOMPION_COMMAND_NETWORK_CHANGED)
    case _ where second % 60 == 30: provider.instance.command(TOMPION_COMMAND_QUERY)
    default: break
    }
  }

  /// After stop nothing is published and nothing sent, whatever still arrives or is asked.
  private static func silence(_ stage: VirtualStage, _ provider: VirtualProvider) -> Finding? {
    provider.instance.stop()
    let published = provider.outbox.counters.published
    stage.endQuestions()
    // What is on its way arrives first.
    stage.world.run(for: .seconds(2))
    let datagrams = stage.world.datagrams
    for _ in 0..<60 {
      stage.world.run(for: .seconds(1))
      provider.instance.command(TOMPION_COMMAND_QUERY)
      provider.instance.command(TOMPION_COMMAND_POLL_NOW)
    }
    let sent = stage.world.datagrams - datagrams
    guard provider.outbox.counters.misbehaviour == 0 else {
      return .clean(provider.instance, "a minute after stop")
    }
    guard provider.outbox.counters.published == published, sent == 0 else {
      return .fail(
        "\(sent) datagrams and \(provider.outbox.counters.published - published) samples within a minute after stop",
        right: "no sample, packet or timer is used after stop returned", read: .roles)
    }
    return nil
  }
}
