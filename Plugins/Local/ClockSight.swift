// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import ProviderKit
package import TimeTypes

/// What the daemon says of its clock at one moment, as far as standing in depends on it.
package struct ClockSight: Hashable, Sendable, BitwiseCopyable {
  package var isSynchronized: Bool
  /// What the host is served as; 16 = not at all.
  package var stratum: UInt8
  /// Root delay/2 + root dispersion.
  package var rootDistance: TimeInterval

  package init(isSynchronized: Bool, stratum: UInt8, rootDistance: TimeInterval) {
    self.isSynchronized = isSynchronized
    self.stratum = stratum
    self.rootDistance = rootDistance
  }

  /// The page at `now`: root dispersion has grown since it was written. nil = there is none to be read.
  package init?(_ page: ClockPage?, now: RawInstant) {
    guard let info = page?.read() else { return nil }
    let age = now - RawInstant(nanoseconds: info.raw_ns)
    let grown = age.isNegative ? 0 : age.inNanoseconds * Double(info.dispersion_rate_ppb) * 1e-9
    let nanoseconds = 0.5 * Double(info.root_delay_ns) + Double(info.root_dispersion_ns) + grown
    self.init(
      isSynchronized: info.synchronized == 1, stratum: info.stratum,
      rootDistance: TimeInterval(nanosecondsAsDouble: min(nanoseconds, 1e18)))
  }
}
