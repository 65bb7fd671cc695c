// SPDX-License-Identifier: Apache-2.0

/// Whether an offset is slewed away or stepped (MaxAllowedPhaseOffset of the Windows Time service).
package struct StepPolicy: Sendable, BitwiseCopyable, Equatable {
  package enum Correction: Sendable, Equatable { case slew, step }

  /// An offset forward (the clock is behind) strictly over this is stepped. Default 1 s.
  package var maximumForward: PhaseLimit
  /// The same backward. Default 1 s.
  package var maximumBackward: PhaseLimit
  /// After the first synchronization a clock is never stepped backward; it is slewed, however long that takes.
  package var neverStepBackward: Bool

  package init(
    maximumForward: PhaseLimit = .seconds(1), maximumBackward: PhaseLimit = .seconds(1), neverStepBackward: Bool = false
  ) {
    self.maximumForward = maximumForward
    self.maximumBackward = maximumBackward
    self.neverStepBackward = neverStepBackward
  }

  /// What to do with an offset (reference − clock, seconds). An operator's force overrides `neverStepBackward`.
  @_noAllocation @_noLocks
  package func correction(for offset: Double, hasSynchronized: Bool, isForced: Bool) -> Correction {
    if offset >= 0 { return maximumForward.isExceeded(by: offset) ? .step : .slew }
    if neverStepBackward && hasSynchronized && !isForced { return .slew }
    return maximumBackward.isExceeded(by: -offset) ? .step : .slew
  }
}
