// SPDX-License-Identifier: Apache-2.0

import Report
import Testing

@testable import PHC

@Suite struct EventNumberTests {
  @Test(arguments: EventNumber.allCases)
  func eachIsInTheCatalogueAndAProvidersToRaise(number: EventNumber) throws {
    let kind = try #require(EventKind(rawValue: UInt16(number.rawValue)))
    #expect(kind.isForProviders)
    let isGood = [EventNumber.reachable, .deviceBack, .running].contains(number)
    #expect(kind.severity == (isGood ? .notice : .warning), "\(number)")
  }

  @Test func eachMeansWhatTheCatalogueSays() {
    #expect(EventKind(rawValue: UInt16(EventNumber.device.rawValue)) == .referenceLost)
    #expect(EventKind(rawValue: UInt16(EventNumber.deviceBack.rawValue)) == .referenceFound)
    #expect(EventKind(rawValue: UInt16(EventNumber.unlocked.rawValue)) == .referenceUnfit)
    #expect(EventKind(rawValue: UInt16(EventNumber.refusing.rawValue)) == .referenceRefused)
    #expect(EventKind(rawValue: UInt16(EventNumber.jumped.rawValue)) == .referenceJumped)
  }
}
