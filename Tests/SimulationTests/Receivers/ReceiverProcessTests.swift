// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

@Suite struct ReceiverProcessTests {
  static let start: Int64 = 1_800_000_000_000_000_000

  private func seconds(
    _ line: ReferenceClockModel.Line, _ fault: ReceiverFault.Kind?, count: Int = 30
  ) -> [ReceiverSecond?] {
    var model = ReferenceClockModel()
    model.line = line
    if let fault { model.faults = [ReceiverFault(fault, from: 10, to: 20)] }
    var process = ReceiverProcess(model, random: SimulationRandom(seed: 3))
    return (1...count).map { process.next(elapsed: $0, utc: Self.start + Int64($0) * 1_000_000_000) }
  }

  /// What is told minus the truth, in seconds, before, within and after the fault.
  private func error(_ fault: ReceiverFault.Kind, at second: Int) -> Double? {
    seconds(.nmea, fault)[second - 1].map { Double($0.told - Self.start) / 1e9 - Double(second) }
  }

  @Test func faultsLastAsLongAsTheyAreSaidTo() {
    for (fault, within) in [
      (ReceiverFault.Kind.frozen, -4), (.ramp(0.5), 2), (.shift(-0.05), -0.05), (.weeks(-2), -1_209_600),
    ] {
      #expect(error(fault, at: 9) == 0 && error(fault, at: 20) == 0)
      #expect(abs((error(fault, at: 14) ?? .nan) - within) < 1e-6, "\(fault)")
    }
  }

  @Test func whatItSaysOfItself() {
    let faults: [(ReceiverFault.Kind, (ReceiverSecond) -> Bool)] = [
      (.noFix, { !$0.isValid }), (.noAntenna, { !$0.hasAntenna }), (.spoofed, { $0.isSpoofed }),
      (.announcedLeap(-1), { $0.leapChange == -1 }), (.missing(1), { $0.isSilent }),
    ]
    for (fault, isTold) in faults {
      #expect(seconds(.ubx, fault).compactMap { $0.map(isTold) } == (1...30).map { (10..<20).contains($0) }, "\(fault)")
    }
  }

  @Test func edgesOfPulses() {
    let well = seconds(.pulses, nil)[4]?.edges
    #expect(well == [.init(after: 0, isAssert: true), .init(after: 0.1, isAssert: false)])
    #expect(seconds(.pulses, .frozen)[14]?.edges == [])
    #expect(seconds(.pulses, .wrongEdge)[14]?.edges.map(\.isAssert) == [false, true])
    #expect(seconds(.pulses, .shift(0.1))[14]?.edges.first?.after == -0.1)
    let doubled = seconds(.pulses, .doubled(1))[14]?.edges ?? []
    #expect(doubled.map(\.isAssert) == [true, false, true, false] && doubled[2].after > 0.1 && doubled[3].after < 0.6)
    #expect(seconds(.pulses, .hum(60))[14]?.edges.count == 122)
    #expect(seconds(.nmea, nil)[4]?.edges == [])
  }

  /// A fault changes nobody's luck: noise is the same with it and without.
  @Test func aFaultMovesNoOthersNoise() {
    func errors(_ faults: [ReceiverFault]) -> [Double] {
      var model = ReferenceClockModel(noise: .gaussian(deviation: .microseconds(1)))
      model.faults = faults
      var process = ReceiverProcess(model, random: SimulationRandom(seed: 9))
      return (1...50).compactMap { process.next(elapsed: $0, utc: 0)?.error }
    }
    #expect(
      errors([]) == errors([ReceiverFault(.missing(0.5), from: 5, to: 40), ReceiverFault(.noFix, from: 0, to: 9)]))
  }

  @Test func intervalsAndOutages() {
    var model = ReferenceClockModel(interval: 4, outages: [8..<17])
    model.line = .memory
    var process = ReceiverProcess(model, random: SimulationRandom(seed: 1))
    #expect((1...24).filter { process.next(elapsed: $0, utc: 0) != nil } == [4, 20, 24])
  }

  @Test func aHardwareClockIsReadAnywhere() {
    var model = ReferenceClockModel(outages: [40..<50])
    model.faults = [ReceiverFault(.ramp(1), from: 10, to: 20)]
    var process = ReceiverProcess(model, random: SimulationRandom(seed: 1))
    let shown = [5.0, 12.5, 30, 45].map { process.reading(elapsed: $0, utc: .seconds(100)) }
    #expect(shown == [.seconds(100), TimeInterval(seconds: 102.5), .seconds(100), nil])
  }
}
