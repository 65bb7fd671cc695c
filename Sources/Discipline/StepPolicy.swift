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

  /// Whether a step by this offset is allowed at all, also for a servo with thresholds of its own.
  @_noAllocation @_noLocks
  package func allowsStep(by offset: Double, hasSynchronized: Bool, isForced: Bool) -> Bool {
    offset >= 0 || !neverStepBackward || !hasSynchronized || isForced
  }

  /// What to do with an offset (reference − clock, seconds). An operator's force overrides `neverStepBackward`.
  @_noAllocation @_noLocks
  package func correction(for offset: Double, hasSynchronized: Bool, isForced: Bool) -> Correction {
    guard allowsStep(by: offset, hasSynchronized: hasSynchronized, isForced: isForced) else { return .slew }
    if offset >= 0 { return maximumForward.isExceeded(by: offset) ? .step : .slew }
    return maximumBackward.isExceeded(by: -offset) ? .step : .slew
  }
}
