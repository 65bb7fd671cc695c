// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Simulation
import TimeTypes
import VirtualHost

/// A server of stratum 1 in the simulation: the real server provider on a host whose clock is perfect but for what the model says.
struct SimulatedServer {
  let host: VirtualHost
  let model: ServerModel

  init(host: VirtualHost, model: ServerModel, module: ProviderModule) throws(ProviderError) {
    self.host = host
    self.model = model
    publish()
    try host.start(
      module, provider: "ntp-server", settings: [ProviderSetting(path: "allow[0]", value: .string("all"))])
    host.adjust(Frequency(ratio: model.frequency(in: 0)))
  }

  /// Does what is due at a whole true second.
  func live(second: Int) {
    // A reference time that is not renewed would make clients doubt the server (RFC 5905, figure 6: reftime).
    if second % 64 == 0 { publish() }
    guard !model.isPerfect else { return }
    let jump = model.jump(at: Double(second))
    if jump != 0 { host.stepSilently(by: TimeInterval(seconds: jump)) }
    host.adjust(Frequency(ratio: model.frequency(in: Double(second))))
  }

  /// It says of itself that it is right, whether it lies or not.
  private func publish() {
    var info = tompion_clock_info_t()
    info.leap = UInt8(TOMPION_LEAP_NONE)
    info.stratum = 1
    info.reference_ns = host.clock.time(at: host.rawNow).nanoseconds
    info.reference_id = 0x5349_4D00  // "SIM"
    info.precision = -30
    info.synchronized = 1
    host.publish(info)
  }
}
