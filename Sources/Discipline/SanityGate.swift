// SPDX-License-Identifier: Apache-2.0

/// The sanity gate of the Windows Time service (MaxPosPhaseCorrection, MaxNegPhaseCorrection): an offset that would move the
/// clock farther than this is refused, whoever says so. It keeps a clock from following a lie; it never moves one.
package struct SanityGate: Sendable, BitwiseCopyable, Equatable {
  /// Limit of corrections forward (offset > 0: the clock is behind). Default 48 h.
  package var maximumPositive: PhaseLimit
  /// Limit of corrections backward. Default 48 h.
  package var maximumNegative: PhaseLimit

  package init(maximumPositive: PhaseLimit = .seconds(172_800), maximumNegative: PhaseLimit = .seconds(172_800)) {
    self.maximumPositive = maximumPositive
    self.maximumNegative = maximumNegative
  }

  /// Whether an offset (reference − local, seconds) is refused: strictly beyond the limit of its sign.
  @_noAllocation @_noLocks
  package func refuses(_ offset: Double) -> Bool {
    offset >= 0 ? maximumPositive.isExceeded(by: offset) : maximumNegative.isExceeded(by: -offset)
  }

  /// The limit that an offset of that sign meets, seconds; infinity where there is none.
  @_noAllocation @_noLocks
  package func limit(for offset: Double) -> Double {
    switch offset >= 0 ? maximumPositive : maximumNegative {
    case .seconds(let limit): limit
    case .noLimit: .infinity
    }
  }
}
