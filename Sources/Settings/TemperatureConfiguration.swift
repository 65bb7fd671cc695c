// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The table `[clock.temperature]`: a sensor near the oscillator, and what temperature does to that.
package struct TemperatureConfiguration: Sendable, Equatable {
  package enum Curve: Sendable, Equatable {
    /// A file of temperatures and ppm.
    case table(String)
    case coefficients(TemperatureCurve)
  }

  package var sensor: String
  package var curve: Curve
  /// How often the sensor is read.
  package var interval = TimeInterval.seconds(30)

  package init(sensor: String, curve: Curve) { (self.sensor, self.curve) = (sensor, curve) }

  /// nil = something is wrong, and the reader knows what.
  init?(reading reader: inout TableReader, of table: TOMLMember) {
    let sensor = reader.path("sensor")
    let seconds = reader.number("interval", in: 1...3600, unit: "seconds")
    let path = reader.path("table")
    let polynomial = Self.coefficients(&reader)
    if !reader.members.contains(where: { $0.key == "sensor" }) {
      reader.refuseMissing(
        "sensor", at: table.node.place, "write the path of a sensor's file: \"/sys/class/hwmon/hwmon0/temp1_input\"")
    }
    let has = (
      table: reader.members.contains { $0.key == "table" },
      coefficients: reader.members.contains { $0.key == "coefficients" }
    )
    if has.table, let member = reader.members.first(where: { $0.key == "coefficients" }) {
      reader.refuse(member, "there is a table as well", "leave one of the two out")
    } else if !has.table, !has.coefficients {
      reader.refuseMissing(
        "table", at: table.node.place, "write the path of a file of temperatures and ppm, or coefficients")
    }
    guard let sensor else { return nil }
    if let path {
      self.init(sensor: sensor, curve: .table(path))
    } else if let polynomial {
      self.init(sensor: sensor, curve: .coefficients(polynomial))
    } else {
      return nil
    }
    if let seconds { interval = TimeInterval(seconds: seconds) }
  }

  private static func coefficients(_ reader: inout TableReader) -> TemperatureCurve? {
    guard let member = reader.table("coefficients"), case .table(let members) = member.node.content else { return nil }
    var inner = TableReader(file: reader.file, prefix: "clock.temperature.coefficients.", members: members)
    let t0 = inner.number("t0", in: -1e6...1e6, unit: "the sensor's units")
    let k0 = inner.number("k0", in: -10...10, unit: "parts per million")
    let k1 = inner.number("k1", in: -10...10, unit: "parts per million a unit")
    let k2 = inner.number("k2", in: -10...10, unit: "parts per million a unit, squared")
    inner.refuseUnknown()
    if members.allSatisfy({ $0.key == "t0" }) {
      reader.refuse(member, "it says nothing of the frequency", "write k0, k1 or k2, or leave it out")
    }
    reader.absorb(inner)
    return TemperatureCurve(.polynomial(t0: t0 ?? 0, k0: k0 ?? 0, k1: k1 ?? 0, k2: k2 ?? 0))
  }
}
