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
  private let truth: TrueTime

  init(host: VirtualHost, model: ServerModel, truth: TrueTime, module: ProviderModule) throws(ProviderError) {
    self.host = host
    self.model = model
    self.truth = truth
    publish(second: 0)
    try host.start(
      module, provider: "ntp-server", settings: [ProviderSetting(path: "allow[0]", value: .string("all"))])
    host.adjust(Frequency(ratio: model.frequency(in: 0)))
  }

  /// Does what is due at a whole true second.
  func live(second: Int) {
    // A reference time that is not renewed would make clients doubt the server (RFC 5905, figure 6: reftime).
    let move = truth.move(at: second)
    if let move { host.stepSilently(by: move) }
    if second % 64 == 0 || move != nil { publish(second: second) }
    guard !model.isPerfect else { return }
    let jump = model.jump(at: Double(second))
    if jump != 0 { host.stepSilently(by: TimeInterval(seconds: jump)) }
    host.adjust(Frequency(ratio: model.frequency(in: Double(second))))
  }

  /// It says of itself that it is right, whether it lies or not.
  private func publish(second: Int) {
    var info = tompion_clock_info_t()
    let announced = truth.announced(at: second)
    info.leap = UInt8(announced == 0 ? TOMPION_LEAP_NONE : announced > 0 ? TOMPION_LEAP_INSERT : TOMPION_LEAP_DELETE)
    info.stratum = 1
    info.reference_ns = host.clock.time(at: host.rawNow).nanoseconds
    info.reference_id = 0x5349_4D00  // "SIM"
    info.precision = -30
    info.synchronized = 1
    host.publish(info)
  }
}
