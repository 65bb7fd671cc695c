// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing
import TimeTypes

@testable import Runtime

@Suite struct EventRecorderTests {
  private func event(_ number: Int64) -> Event { .resync(force: false, now: RawInstant(nanoseconds: number)) }

  /// What comes out: raw times of events, and gaps as negative numbers.
  private func drain(_ recorder: EventRecorder) -> [Int64] {
    var out: [Int64] = []
    while let entry = recorder.next() {
      switch entry {
      case .event(let recorded): out.append(recorded.event.now.nanoseconds)
      case .gap(let count): out.append(-Int64(count))
      }
    }
    return out
  }

  @Test func whatFindsNoRoomIsAGapWhereItWas() {
    let recorder = EventRecorder(capacity: 4)
    let actions = Actions()
    for number in Int64(1)...7 { recorder.record(event(number), actions) }
    #expect(recorder.missing == 3)
    #expect(drain(recorder) == [1, 2, 3, 4])
    recorder.record(event(8), actions)
    #expect(recorder.missing == 0)
    #expect(drain(recorder) == [-3, 8])
  }

  /// Room for the gap alone: the event after it is the next gap's first.
  @Test func aGapMayFillTheLastPlace() {
    let recorder = EventRecorder(capacity: 2)
    let actions = Actions()
    for number in Int64(1)...3 { recorder.record(event(number), actions) }
    _ = recorder.next()
    recorder.record(event(4), actions)
    #expect(drain(recorder) == [2, -1])
    #expect(recorder.missing == 1)
    recorder.record(event(5), actions)
    #expect(drain(recorder) == [-1, 5])
  }

  @Test func afterItsEndItOnlyCounts() {
    let recorder = EventRecorder(capacity: 4)
    recorder.close()
    for number in Int64(1)...5 { recorder.record(event(number), Actions()) }
    #expect(recorder.refused == 5 && recorder.next() == nil)
  }
}
