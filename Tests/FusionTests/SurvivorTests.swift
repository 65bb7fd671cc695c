// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Filtering
@testable import Fusion

@Suite struct SurvivorTests {
  static func survivor(_ id: UInt32, samples: UInt32 = 1, isPreferred: Bool = false) -> Survivor {
    var estimate = SourceEstimate.none
    estimate.sampleCount = samples
    return Survivor(
      source: SourceID(rawValue: id), estimate: estimate, rootDistance: 0, isFresh: false, isPreferred: isPreferred,
      isSystemSource: false, rootError: 0)
  }

  @Test func holdsSixtyFourInOrder() {
    var list = SurvivorList()
    for id in UInt32(0)..<70 {
      let wasTaken = list.append(Self.survivor(id))
      #expect(wasTaken == (id < 64))
    }
    #expect(list.count == 64)
    #expect((0..<64).allSatisfy { list[$0].source.rawValue == UInt32($0) })
    list.removeAll()
    #expect(list.count == 0)
  }

  @Test func preferredAndMature() {
    var list = SurvivorList()
    list.append(Self.survivor(1, samples: 20))
    #expect(!list.hasPreferred)
    #expect(list.hasMature(20, preferred: false))
    #expect(!list.hasMature(21, preferred: false))
    list.append(Self.survivor(2, samples: 3, isPreferred: true))
    #expect(list.hasPreferred)
    // Only the preferred ones are asked.
    #expect(!list.hasMature(16, preferred: true))
    #expect(list.hasMature(3, preferred: true))
    list.removeAll()
    #expect(!list.hasPreferred)
  }
}
