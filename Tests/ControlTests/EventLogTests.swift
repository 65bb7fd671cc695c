// SPDX-License-Identifier: Apache-2.0

import Control
import Report
import Testing

@Suite("The event log")
struct EventLogTests {
  @Test("numbers rise, the oldest go, and a reader can go on where it stopped")
  func ring() {
    var log = EventLog(capacity: 3)
    for text in ["a", "b", "c", "d", "e"] { log.append(EventRecord(.observing, text: text)) }
    #expect(log.events().map(\.text) == ["c", "d", "e"])
    #expect(log.events().map(\.sequence) == [3, 4, 5])
    #expect(log.events(since: 3).map(\.text) == ["d", "e"])
    #expect(log.events(since: 5).isEmpty)
    #expect(log.events(limit: 1).map(\.text) == ["e"])
    #expect(log.events(limit: 0).isEmpty)
    #expect(log.lastSequence == 5)
  }
}
