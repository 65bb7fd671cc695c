// SPDX-License-Identifier: Apache-2.0

/// A reference clock on the host itself, as it tells the time: by which line, how well, and what is wrong with it.
public struct ReferenceClockModel: Sendable, Equatable {
  /// How its time comes to the host. The raw values are a scenario's words.
  public enum Line: String, CaseIterable, Sendable {
    /// A serial line: sentences of NMEA 0183, or frames of u-blox' protocol.
    case nmea, ubx
    /// gpsd's JSON: the arrival of serial time (TOFF), or pulses.
    case gpsd
    case gpsdPulses = "gpsd-pps"
    /// NTP's shared memory, and datagrams of the SOCK protocol: a moment and what this host's clock showed then.
    case memory = "shm"
    case datagrams = "sock"
    /// /dev/ppsN, and external time stamps of a PTP clock: edges without a date.
    case pulses = "pps"
    case externalStamps = "extts"
    /// A PTP clock that is read.
    case hardwareClock = "phc"

    /// Its messages come so long after their second as a serial line takes.
    public var isSerial: Bool { self == .nmea || self == .ubx || self == .gpsd }
    public var isEdges: Bool { self == .pulses || self == .externalStamps }
  }

  public var line = Line.memory
  /// Whole seconds from one moment that it tells to the next.
  public var interval: Int
  public var noise: DelayDistribution
  public var outlierProbability: Double
  public var outlier: DelayDistribution
  /// A constant error of its stamps, positive = its stamps are early.
  public var offset: Double
  /// A serial line's first byte comes so much after its second.
  public var delay = 0.0
  /// From one edge of a pulse to the other.
  public var width = 0.1
  /// True seconds without anything from it.
  public var outages: [Range<Double>]
  public var faults: [ReceiverFault] = []

  public init(
    interval: Int = 1, noise: DelayDistribution = .none, outlierProbability: Double = 0,
    outlier: DelayDistribution = .none, offset: Double = 0, outages: [Range<Double>] = []
  ) {
    self.interval = interval
    self.noise = noise
    self.outlierProbability = outlierProbability
    self.outlier = outlier
    self.offset = offset
    self.outages = outages
  }

  /// The error of one sample's reference time, in seconds.
  public func draw(_ random: inout SimulationRandom) -> Double {
    let usual = noise.draw(&random)
    let rare = outlier.draw(&random)
    return offset + usual + (random.chance(outlierProbability) ? rare : 0)
  }
}
