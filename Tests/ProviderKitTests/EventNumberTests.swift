// SPDX-License-Identifier: Apache-2.0

import Report
import Testing

@testable import ProviderKit

@Suite struct EventNumberTests {
  /// What the daemon takes from providers by its meaning, and no other: a number that it does not know would be event 10000.
  @Test func theyAreThoseOfTheCatalogueThatProvidersMayRaise() {
    let catalogue = EventKind.allCases.filter(\.isForProviders)
    #expect(Set(EventNumber.allCases.map { UInt16($0.rawValue) }) == Set(catalogue.map(\.rawValue)))
    for kind in catalogue {
      let number = EventNumber(rawValue: UInt32(kind.rawValue))
      #expect(number.map { "\($0)" } == "\(kind)", "one name in both")
    }
  }
}
