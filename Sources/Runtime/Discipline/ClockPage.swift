// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Engine
import EngineFeed
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
    var info = tompion_clock_info_t(state, frequency: frequency, precision: precision)
    var words = SeqlockPage.Words(repeating: 0)
    // Sound: the info is plain data of exactly ten words (asserted in the header); the page has fifteen.
    unsafe withUnsafeBytes(of: &info) { bytes in
      for index in 0..<10 { words[index] = unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
    }
    page.write(words)
  }
}
