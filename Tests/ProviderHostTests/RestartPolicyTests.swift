// SPDX-License-Identifier: Apache-2.0

import ProviderHost
import Testing
import TimeTypes

@Suite struct RestartPolicyTests {
  @Test func delaysDoubleAndTheSixthFailureInAnHourIsTheLast() {
    var policy = RestartPolicy()
    var now = RawInstant(nanoseconds: 0)
    for attempt in 0..<RestartPolicy.perHour {
      #expect(policy.failed(now: now) == .restart(at: now + .seconds(1 << Int64(attempt))))
      now = now + .seconds(60)
    }
    #expect(policy.failed(now: now) == .quarantine)
  }

  @Test func delayNeverPassesItsLimitAndAnHourOfPeaceForgets() {
    var policy = RestartPolicy()
    var now = RawInstant(nanoseconds: 0)
    var longest = TimeInterval.zero
    // One failure each 15 minutes: never more than four in an hour.
    for _ in 0..<40 {
      guard case .restart(let at) = policy.failed(now: now) else {
        Issue.record("quarantined")
        return
      }
      longest = max(longest, at - now)
      now = now + .seconds(15 * 60)
    }
    #expect(longest == RestartPolicy.longestDelay)
    now = now + .seconds(3600)
    #expect(policy.failed(now: now) == .restart(at: now + RestartPolicy.firstDelay))
  }
}
