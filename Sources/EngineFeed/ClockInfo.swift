// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import Engine
package import TimeTypes

extension tompion_clock_info_t {
  /// What providers are told of the clock: the same from the daemon and from the simulator. `frequency`: what the clock is driven at.
  package init(_ state: TimeState, frequency: Frequency, precision: Int8) {
    self.init()
    size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    clock = state.clock.rawValue
    leap = state.leap.rawValue
    stratum = state.stratum
    raw_ns = state.raw.nanoseconds
    reference_ns = state.referenceTime.nanoseconds
    root_delay_ns = Self.unsigned(state.rootDelay)
    root_dispersion_ns = Self.unsigned(state.rootDispersion)
    bound_statistical_ns = Self.unsigned(state.boundStatistical)
    bound_hard_ns = Self.unsigned(state.boundHard)
    dispersion_rate_ppb = UInt32(clamping: Int64(state.dispersionRate.partsPerBillion))
    statistical_rate_ppb = UInt32(clamping: Int64(state.statisticalRate.partsPerBillion) + 1)
    reference_id = state.referenceID.rawValue
    frequency_ppb = Int32(clamping: Int64(frequency.partsPerBillion))
    tai_offset = state.taiOffset ?? 0
    self.precision = precision
    synchronized = state.synchronized ? 1 : 0
    era = state.era.rawValue
  }

  private static func unsigned(_ interval: TimeInterval) -> UInt64 {
    if interval == .max { return .max }
    let up = interval.nanoseconds &+ (interval.subnanoseconds > 0 ? 1 : 0)
    return UInt64(max(up, 0))
  }
}
