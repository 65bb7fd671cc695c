// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// A queue of events in virtual time. Time is the time of the last event taken: it never goes back and never passes by itself.
///
/// Events at one moment come in the order in which they were scheduled, so that a run is repeated exactly. Virtual time is the
/// simulation's true time, which no simulated host can see. Scheduling and taking cost O(log n).
public struct VirtualTime<Event> {
  private struct Entry {
    var at: RawInstant
    var order: UInt64
    var event: Event

    func comes(before other: Entry) -> Bool { at != other.at ? at < other.at : order < other.order }
  }

  public private(set) var now: RawInstant
  private var heap: [Entry] = []
  private var scheduled: UInt64 = 0

  public init(start: RawInstant = RawInstant(nanoseconds: 0)) { now = start }

  public var isEmpty: Bool { heap.isEmpty }

  /// When the next event is due; nil = there is none.
  public var next: RawInstant? { heap.first?.at }

  /// What is due in the past happens now.
  public mutating func schedule(_ event: Event, at moment: RawInstant) {
    heap.append(Entry(at: max(moment, now), order: scheduled, event: event))
    scheduled &+= 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].comes(before: heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the next event due at or before `limit` and moves time to it; nil = there is none, and time moves to `limit`.
  public mutating func take(until limit: RawInstant) -> Event? {
    guard let first = heap.first, first.at <= limit else {
      now = max(now, limit)
      return nil
    }
    now = first.at
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return first.event
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      let first = 2 * parent + 1
      guard first < heap.count else { return }
      for child in first...min(first + 1, heap.count - 1) where heap[child].comes(before: heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
