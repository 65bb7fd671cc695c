// SPDX-License-Identifier: Apache-2.0

package import CLinux
package import TimeTypes

/// How the kernel expresses a frequency: whole ticks (µs per 1/100 s; 1 = 100 ppm) plus units of 2⁻¹⁶ ppm (adjtimex(2)).
package struct TimexFrequency: Equatable, Sendable, BitwiseCopyable {
  /// 10000 = nominal; the kernel takes 9000 to 11000.
  package var tick: Int64
  /// 2⁻¹⁶ ppm; the kernel takes ±500 ppm.
  package var units: Int64

  package static let nominalTick: Int64 = 10000
  package static let unitsPerPPM: Double = 65536
  package static let unitLimit: Int64 = 500 * 65536
  /// Ticks and units together: ±10 %.
  package static let maximum = Frequency(ratio: 0.1)

  package init(tick: Int64, units: Int64) {
    self.tick = tick
    self.units = units
  }

  /// The nearest the kernel can do. Up to ±500 ppm the tick stays nominal, because frequency alone is finer and what other
  /// tools expect; beyond, whole ticks do the most of it.
  package init(nearest wanted: Frequency) {
    guard wanted.ratio.isFinite else {
      self.init(tick: TimexFrequency.nominalTick, units: 0)
      return
    }
    let parts = wanted.clamped(to: TimexFrequency.maximum).partsPerMillion
    var ticks: Int64 = 0
    if parts.magnitude > 500 { ticks = Int64((parts / 100).rounded()) }
    let units = Int64(((parts - Double(ticks) * 100) * TimexFrequency.unitsPerPPM).rounded())
    self.init(
      tick: TimexFrequency.nominalTick + ticks,
      units: min(max(units, -TimexFrequency.unitLimit), TimexFrequency.unitLimit))
  }

  /// What the kernel reports.
  package init(_ timex: clinux_timex_t) { self.init(tick: timex.tick, units: timex.frequency) }

  package var frequency: Frequency {
    .partsPerMillion(Double(tick - TimexFrequency.nominalTick) * 100 + Double(units) / TimexFrequency.unitsPerPPM)
  }
}
