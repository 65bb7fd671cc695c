// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider

/// What the daemon knows of its clock, readable without a call and without a lock (clock-info/1).
@safe
public struct ClockPage: @unchecked Sendable {
  private let page: UnsafePointer<tompion_clock_page_t>

  @unsafe
  init(_ page: UnsafePointer<tompion_clock_page_t>) { unsafe self.page = page }

  /// A consistent state; nil if the writer died in the middle of one. Root dispersion grows from `raw_ns` by
  /// `dispersion_rate_ppb`. [any]
  public func read() -> tompion_clock_info_t? {
    var info = tompion_clock_info_t()
    // Sound: the page lives until close, and its words are read atomically.
    return unsafe tompion_clock_read(page, &info) == 1 ? info : nil
  }
}
