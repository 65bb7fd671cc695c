// SPDX-License-Identifier: Apache-2.0

import ProviderHost
import Report
import Scenarios
import Simulation
import TimeTypes
import VirtualHost

/// A reference clock at the client's: a model of the receiver, plugged into the host, and the provider that ships listening to it.
final class SimulatedReferenceClock {
  let provider: VirtualProvider
  private var process: ReceiverProcess
  private let host: VirtualHost
  // The world keeps what is scheduled here.
  private unowned let world: VirtualWorld
  private let path: String
  private let truth: TrueTime
  private var model: ReferenceClockModel { process.model }

  init(
    _ clock: Scenario.ReferenceClock, number: Int, seed: UInt64, on host: VirtualHost, in world: VirtualWorld,
    truth: TrueTime, modules: SimulatedModules
  ) throws(ProviderError) {
    process = ReceiverProcess(clock.model, random: SimulationRandom(seed: seed, stream: 1 << 60 | UInt64(number)))
    (self.host, self.world, self.truth) = (host, world, truth)
    let line = clock.model.line
    path = Self.path(line, number)
    let (module, name) = modules.provider(of: line)
    let readings = Readings(process, random: SimulationRandom(seed: seed, stream: 1 << 59 | UInt64(number)))
    let plug: VirtualPlug? =
      switch line {
      case .nmea, .ubx: VirtualPlug(.serial)
      case .memory: VirtualPlug(.memory)
      case .pulses: VirtualPlug(.pulses)
      case .externalStamps: VirtualPlug(.hardwareClock)
      case .hardwareClock:
        // Sound: the world lives as long as its hosts, which ask.
        VirtualPlug(.hardwareClock) { [unowned world] in readings.next(at: world.now, truth) }
      case .gpsd, .gpsdPulses, .datagrams: nil
      }
    if let plug { host.plug(plug, at: path) }
    if line == .gpsd || line == .gpsdPulses {
      host.serve(
        VirtualStreamServer(greeting: ReceiverText.greeting, answer: { _ in ReceiverText.watching }), at: path)
    }
    provider = try host.start(module, provider: name, settings: Self.settings(clock, path: path, number: number))
  }

  /// Readings of a hardware clock: a request crosses the bus, and an answer, each in its own time; half of both is the window's half.
  private final class Readings {
    private var process: ReceiverProcess
    private var random: SimulationRandom

    init(_ process: ReceiverProcess, random: SimulationRandom) { (self.process, self.random) = (process, random) }

    func next(at moment: RawInstant, _ truth: TrueTime) -> (shown: TimeInterval, errorNanoseconds: UInt32)? {
      let (there, back) = (250 + 125 * random.exponential(), 250 + 125 * random.exponential())
      let half = 0.5 * (there + back)
      let place = TimeInterval(nanosecondsAsDouble: 0.5 * (there - back))
      return process.reading(elapsed: truth.elapsed(at: moment).inSeconds, utc: truth.utc(at: moment)).map {
        ($0 + place, UInt32(half.rounded(.up)))
      }
    }
  }

  /// Schedules what comes of the true second that is next.
  func live(second: Int) {
    let moment = truth.start + .seconds(Int64(second))
    let told = process.next(
      elapsed: second, utc: truth.utc(at: moment).nanoseconds, isLeapSecond: truth.isLeapSecond(second),
      leapChange: truth.announced(at: second))
    guard let told else { return }
    for edge in told.edges {
      world.at(moment + TimeInterval(seconds: edge.after)) { [self] in mark(edge) }
    }
    guard !told.isSilent, !model.line.isEdges, model.line != .hardwareClock else { return }
    // What tells both the moment and this host's clock tells them of the second itself; the rest comes when it comes.
    let isWritten = model.line == .memory || model.line == .datagrams
    world.at(isWritten ? moment : moment + TimeInterval(seconds: model.delay - told.error)) { [self] in tell(told) }
  }

  private func mark(_ edge: ReceiverSecond.Edge) {
    let isStamped = model.line == .externalStamps
    host.mark(isAssert: edge.isAssert, at: path, shown: isStamped ? (truth.utc(at: world.now), 50) : nil)
  }

  private func tell(_ second: ReceiverSecond) {
    let clock = host.clock.time(at: host.rawNow).nanoseconds
    let ahead = second.told + Int64((second.error * 1e9).rounded())
    let leap = ReceiverFrames.leapField(second.leapChange)
    switch model.line {
    case .nmea: host.receive(ReceiverText.nmea(second), from: path)
    case .ubx: host.receive(ReceiverFrames.ubx(second), from: path)
    case .gpsd, .gpsdPulses:
      // gpsd tells of moments only with a fix.
      if second.isValid {
        let kind = model.line == .gpsd ? "TOFF" : "PPS"
        host.send(ReceiverText.moment(kind, real: second.told, clock: clock), to: path)
      }
      host.send(ReceiverText.fix(second), to: path)
    case .memory:
      // Whoever writes stops when the fix is gone.
      guard second.isValid else { return }
      host.receive(ReceiverFrames.memory(clock: ahead, receive: clock, leap: leap, precision: -30), from: path)
    case .datagrams:
      guard second.isValid else { return }
      host.send(ReceiverFrames.datagram(clock: ahead, receive: clock, leap: leap), to: path)
    case .pulses, .externalStamps, .hardwareClock: return
    }
  }

  /// Where the one of that number is plugged in.
  static func path(_ line: ReferenceClockModel.Line, _ number: Int) -> String {
    switch line {
    case .nmea, .ubx: "/dev/ttyS\(number)"
    case .gpsd, .gpsdPulses: "/run/gpsd\(number).sock"
    case .memory: "shm:\(number + 2)"
    case .datagrams: "/run/ref\(number).sock"
    case .pulses: "/dev/pps\(number)"
    case .externalStamps, .hardwareClock: "/dev/ptp\(number)"
    }
  }

  /// By the keys that the scenario has for it.
  static func named(_ error: ProviderError, key: String) -> ProviderError {
    guard case .settingsRefused(let complaints) = error.reason else { return error }
    let own = "\(key).settings."
    return ProviderError(
      module: error.module,
      .settingsRefused(complaints.map { $0.hasPrefix("source[0].") ? own + $0.dropFirst("source[0].".utf8.count) : $0 })
    )
  }

  /// What an operator would write for it, and what the scenario says otherwise.
  private static func settings(_ clock: Scenario.ReferenceClock, path: String, number: Int) -> [ProviderSetting] {
    var values: [String: ProviderSetting.Value] = [:]
    let line = clock.model.line
    switch line {
    case .nmea, .ubx: values = ["device": .string(path), "protocol": .string(line.rawValue)]
    case .gpsd, .gpsdPulses: values = ["gpsd": .string(path)]
    case .memory: values = ["shm": .integer(Int64(number + 2)), "any_owner": .boolean(true)]
    case .datagrams: values = ["sock": .string(path)]
    case .pulses, .externalStamps: values = ["device": .string(path)]
    case .hardwareClock: values = ["device": .string(path), "timescale": .string("utc")]
    }
    if line.isSerial, clock.settings["learn_delay"] == nil { values["delay"] = .real(clock.model.delay) }
    for (key, value) in clock.settings {
      switch value {
      case .string(let text): values[key] = .string(text)
      case .integer(let number): values[key] = .integer(number)
      case .real(let number): values[key] = .real(number)
      case .boolean(let flag): values[key] = .boolean(flag)
      case .null, .array, .object: break
      }
    }
    return values.sorted { $0.key < $1.key }.map { ProviderSetting(path: "source[0].\($0.key)", value: $0.value) }
  }
}
