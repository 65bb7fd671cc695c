// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// When a child process that crashed or hung is started again: after 1 s, doubling to 5 min; at most five times an hour, then it is
/// quarantined until an operator changes its configuration.
package struct RestartPolicy: Sendable {
  package enum Decision: Sendable, Equatable {
    case restart(at: RawInstant)
    case quarantine
  }

  package static let firstDelay = TimeInterval.seconds(1)
  package static let longestDelay = TimeInterval.seconds(300)
  package static let perHour = 5

  private var failures: [RawInstant] = []
  private var delay = RestartPolicy.firstDelay

  package init() {}

  /// The child failed at `now`.
  package mutating func failed(now: RawInstant) -> Decision {
    failures.removeAll { now - $0 >= .seconds(3600) }
    // An hour without a failure: what happened before is forgotten.
    if failures.isEmpty { delay = Self.firstDelay }
    failures.append(now)
    guard failures.count <= Self.perHour else { return .quarantine }
    let at = now + delay
    delay = min(delay + delay, Self.longestDelay)
    return .restart(at: at)
  }
}
