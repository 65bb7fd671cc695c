// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Engine
import SampleRing
import TimeTypes

/// The page that providers and applications read the clock's state from without a call (clock-info/1): a seqlock page whose words
/// are a tompion_clock_info_t. One writer, [discipline]; it lives as long as the daemon.
@safe package final class ClockPage: Sendable {
  private let page = SeqlockPage()
  private let precision: Int8

  package init(precision: Int8) {
    self.precision = precision
    publish(TimeState(clock: .system), frequency: .zero)
  }

  /// What is handed to providers. Sound: the page's layout is tompion_clock_page_t's, and this object outlives every provider.
  var pointer: UnsafePointer<tompion_clock_page_t> {
    unsafe UnsafePointer(page.address.assumingMemoryBound(to: tompion_clock_page_t.self))
  }

  /// Makes a state known to all readers.
  func publish(_ state: TimeState, frequency: Frequency) {
    var info = tompion_clock_info_t()
    info.size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    info.clock = state.clock.rawValue
    info.leap = state.leap.rawValue
    info.stratum = state.stratum
    info.raw_ns = state.raw.nanoseconds
    info.reference_ns = state.referenceTime.nanoseconds
    info.root_delay_ns = Self.unsigned(state.rootDelay)
    info.root_dispersion_ns = Self.unsigned(state.rootDispersion)
    info.bound_statistical_ns = Self.unsigned(state.boundStatistical)
    info.bound_hard_ns = Self.unsigned(state.boundHard)
    info.dispersion_rate_ppb = UInt32(clamping: Int64(state.dispersionRate.partsPerBillion))
    info.statistical_rate_ppb = UInt32(clamping: Int64(state.statisticalRate.partsPerBillion) + 1)
    info.reference_id = state.referenceID.rawValue
    info.frequency_ppb = Int32(clamping: Int64(frequency.partsPerBillion))
    info.tai_offset = state.taiOffset ?? 0
    info.precision = precision
    info.synchronized = state.synchronized ? 1 : 0
    info.era = state.era.rawValue
    var words = SeqlockPage.Words(repeating: 0)
    // Sound: the info is plain data of exactly ten words (asserted in the header); the page has fifteen.
    unsafe withUnsafeBytes(of: &info) { bytes in
      for index in 0..<10 { words[index] = unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
    }
    page.write(words)
  }

  private static func unsigned(_ interval: TimeInterval) -> UInt64 {
    if interval == .max { return .max }
    let up = interval.nanoseconds &+ (interval.subnanoseconds > 0 ? 1 : 0)
    return UInt64(max(up, 0))
  }
}
