// SPDX-License-Identifier: Apache-2.0

/// A limit on a clock correction, in seconds, which can also be absent ("no limit").
public enum PhaseLimit: Sendable, BitwiseCopyable, Equatable {
  case seconds(Double)
  case noLimit

  /// Whether a magnitude in seconds is over the limit: strictly greater, so the limit itself still passes.
  @_noAllocation @_noLocks
  package func isExceeded(by magnitude: Double) -> Bool {
    switch self {
    case .seconds(let limit): magnitude > limit
    case .noLimit: false
    }
  }
}
