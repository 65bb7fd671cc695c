// SPDX-License-Identifier: Apache-2.0

import Engine
import Recording
import Synchronization

/// Every event that the engine takes, on its way from [discipline] to the record that [control] writes. Nothing is allocated after
/// init and nothing waits: what finds no room is counted, and the gap stands in the record where it was.
package final class EventRecorder: Sendable {
  enum Entry: Sendable {
    case event(RecordedEvent)
    /// So many events before the next one are missing.
    case gap(UInt64)
  }

  private let queue: HandoffQueue<Entry>
  /// Missing since the last event that found room.
  private let pending = Atomic<UInt64>(0)
  private let isClosed = Atomic<Bool>(false)
  private let late = Atomic<UInt64>(0)

  /// Room for so many events: at 64 sources, those of several seconds. A second's are taken each second.
  init(capacity: Int = 4096) { queue = HandoffQueue(capacity: capacity) }

  /// Takes what the engine was given and what it asked for. [discipline]
  func record(_ event: Event, _ actions: borrowing Actions) {
    guard !isClosed.load(ordering: .relaxed) else {
      late.add(1, ordering: .relaxed)
      return
    }
    let missing = pending.load(ordering: .relaxed)
    if missing > 0 {
      guard queue.push(.gap(missing)) else { return pending.store(missing &+ 1, ordering: .relaxed) }
      pending.store(0, ordering: .relaxed)
    }
    if !queue.push(.event(RecordedEvent(event, actions: ActionDigest(actions).value))) {
      pending.add(1, ordering: .relaxed)
    }
  }

  /// The oldest entry; nil = none. [control]
  func next() -> Entry? { queue.pop() }

  /// Events that are missing after the last entry. [control, after the last event]
  var missing: UInt64 { pending.load(ordering: .relaxed) }

  /// Takes no more: later events are only counted. [control]
  func close() { isClosed.store(true, ordering: .relaxed) }

  /// Events since `close`.
  var refused: UInt64 { late.load(ordering: .relaxed) }
}
