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
    let count = list.count
    #expect(count == 64)
    for i in 0..<64 {
      let id = list[i].source.rawValue
      #expect(id == UInt32(i))
    }
    list.removeAll()
    let rest = list.count
    #expect(rest == 0)
  }

  @Test func preferredAndMature() {
    var list = SurvivorList()
    list.append(Self.survivor(1, samples: 20))
    let check1 = !list.hasPreferred
    #expect(check1)
    let check2 = list.hasMature(20, preferred: false)
    #expect(check2)
    let check3 = !list.hasMature(21, preferred: false)
    #expect(check3)
    list.append(Self.survivor(2, samples: 3, isPreferred: true))
    let check4 = list.hasPreferred
    #expect(check4)
    // Only the preferred ones are asked.
    let check5 = !list.hasMature(16, preferred: true)
    #expect(check5)
    let check6 = list.hasMature(3, preferred: true)
    #expect(check6)
    list.removeAll()
    let check7 = !list.hasPreferred
    #expect(check7)
  }
}
