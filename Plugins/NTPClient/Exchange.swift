// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TimeTypes

/// The four timestamps of RFC 5905 and what they say: T1 departure and T4 arrival by the local clock, T2 and T3 by the server's.
///
/// Intervals between T1 and T4 are taken on the raw clock, so that a local clock which is slewed or stepped in between falsifies
/// nothing.
struct Exchange {
  var departure: Stamp
  var arrival: Stamp
  var header: NTPPacket

  init(departure: Stamp, arrival: Stamp, header: NTPPacket) {
    self.departure = departure
    self.arrival = arrival
    self.header = header
  }

  /// What a reply measures: its own exchange, or, in the interleaved mode, the one before, whose transmit timestamp it brings.
  init(of reply: Reply, departure: Stamp, previous: Interleaving.Exchange?) {
    self.init(departure: departure, arrival: reply.arrival, header: reply.header)
    guard let previous else { return }
    self.departure = previous.departure
    arrival = previous.arrival
    header.receive = previous.receive
  }

  /// T4 − T1 on the raw clock.
  var elapsed: TimeInterval { arrival.raw - departure.raw }

  /// T3 − T2.
  var turnaround: TimeInterval { header.transmit - header.receive }

  /// The round trip without the turnaround; slightly negative where a clock runs fast or stamps are coarse.
  var delay: TimeInterval { elapsed - turnaround }

  /// The raw clock half-way.
  private var rawMiddle: RawInstant { departure.raw + elapsed.half }

  /// The local clock half-way. After a step in between, T1 is of another era: then only T4 counts, and raw time goes back from it.
  private var localMiddle: TimeInterval {
    if departure.era == arrival.era && departure.clock == arrival.clock {
      return departure.time + (arrival.time - departure.time).half
    }
    return arrival.time - (arrival.raw - rawMiddle)
  }

  /// The server's clock half-way, since 1970: the moment within 68 years of the local clock, or of 2026 while the local clock is
  /// earlier than this program.
  private var referenceMiddle: TimeInterval {
    let pivot = max(localMiddle, Self.earliest)
    let received = header.receive.utcSince1970(near: pivot)
    return received + turnaround.half
  }

  /// 2026-01-01.
  private static let earliest = TimeInterval.seconds(1_767_225_600)

  /// The error of the measurement itself: what both clocks can tell apart, the errors of both stamps, and drift meanwhile.
  func dispersion(localPrecision: Int8) -> TimeInterval {
    let drift = TimeInterval(nanosecondsAsDouble: max(0, elapsed.inNanoseconds) * AssociationLimits.drift)
    let stamps = UInt64(departure.errorNanoseconds) + UInt64(arrival.errorNanoseconds)
    return Self.resolution(header.precision) + Self.resolution(localPrecision)
      + TimeInterval(nanoseconds: Int64(stamps)) + drift
  }

  /// Whether the round trip is neither too long nor shorter than the server's own turnaround.
  func isDelayBelievable(atMost longest: TimeInterval, localPrecision: Int8) -> Bool {
    let tolerance =
      dispersion(localPrecision: localPrecision) + .microseconds(1)
      + TimeInterval(nanoseconds: max(0, turnaround.nanoseconds) / 1024)
    return !elapsed.isNegative && delay <= longest && delay > .zero - tolerance
  }

  /// - Parameter referenceID: what this host announces when it follows the server, so not the header's own.
  func sample(
    sequence: UInt32, flags: SampleFlags, referenceID: ReferenceID, poll: Int8, localPrecision: Int8
  ) -> Sample {
    Sample(
      source: SourceID(rawValue: 0), sequence: sequence, flags: flags, clock: arrival.clock, era: arrival.era,
      local: localMiddle, reference: referenceMiddle, raw: rawMiddle, delay: delay.nanoseconds,
      dispersion: Self.unsigned(dispersion(localPrecision: localPrecision)),
      rootDelay: Self.unsigned(header.rootDelay.interval),
      rootDispersion: Self.unsigned(header.rootDispersion.interval), turnaround: turnaround.nanoseconds,
      referenceID: referenceID,
      leap: header.leap, stratum: header.stratum,
      precision: header.precision, poll: poll, receiveKind: arrival.kind, transmitKind: departure.kind)
  }

  /// 2^precision seconds, between 1 ns and 1 s.
  private static func resolution(_ precision: Int8) -> TimeInterval {
    TimeInterval(nanoseconds: precision >= 0 ? 1_000_000_000 : max(1, 1_000_000_000 >> Int64(-Int(precision))))
  }

  private static func unsigned(_ interval: TimeInterval) -> UInt64 { UInt64(max(0, interval.nanoseconds)) }
}
