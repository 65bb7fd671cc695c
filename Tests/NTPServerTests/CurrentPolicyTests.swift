// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NTPServer

/// A policy that a worker may be about to hold is not freed while workers run.
@Suite struct CurrentPolicyTests {
  private final class Observed {
    weak var policy: ServerPolicy?
    init(_ policy: ServerPolicy) { self.policy = policy }
  }

  @Test func aReplacedPolicyLivesUntilTheStop() {
    let current = CurrentPolicy()
    let seen = (0..<100).map { _ in
      let policy = ServerPolicy()
      current.replace(by: policy)
      return Observed(policy)
    }
    #expect(seen.allSatisfy { $0.policy != nil })
    #expect(current.policy === seen.last?.policy)
    current.forgetReplaced()
    #expect(seen.dropLast().allSatisfy { $0.policy == nil })
    #expect(current.policy === seen.last?.policy && current.last === current.policy)
  }
}
