// SPDX-License-Identifier: Apache-2.0

import Discipline
import Filtering
import TimeTypes

extension Engine {
  /// Index of a source's slot, or −1.
  @_noAllocation @_noLocks
  func find(_ id: SourceID) -> Int {
    for i in 0..<capacity where storage.slots[i].isUsed && storage.slots[i].id == id { return i }
    return -1
  }

  @_noAllocation @_noLocks
  mutating func add(_ id: SourceID, _ options: SourceOptions, at now: RawInstant, _ actions: inout Actions) {
    if find(id) >= 0 {
      // Told twice: the options are what is new.
      let index = find(id)
      storage.slots[index].options = options
      storage.slots[index].poll.bound(minimum: options.minimumPoll, maximum: options.maximumPoll)
      return
    }
    for i in 0..<capacity where !storage.slots[i].isUsed {
      var slot = SourceSlot()
      slot.isUsed = true
      slot.id = id
      slot.options = options
      slot.poll = PollControl(minimum: options.minimumPoll, maximum: options.maximumPoll)
      slot.requestedPoll = options.minimumPoll
      storage.slots[i] = slot
      storage.selection.forget(i)
      return
    }
    actions.advise(.log(.sourceRefused(id, capacity: UInt8(truncatingIfNeeded: capacity))))
  }

  @_noAllocation @_noLocks
  mutating func change(
    _ id: SourceID, _ options: SourceOptions, reach: UInt8, at now: RawInstant, _ actions: inout Actions
  ) {
    let index = find(id)
    if index < 0 { return }
    // A change of reach counts when the source comes or goes; the rest waits for the next sample or tick.
    let isNews = (storage.slots[index].hasReach && storage.slots[index].reach == 0) != (reach == 0)
    storage.slots[index].options = options
    storage.slots[index].reach = reach
    storage.slots[index].hasReach = true
    storage.slots[index].poll.bound(minimum: options.minimumPoll, maximum: options.maximumPoll)
    if isNews { update(at: now, &actions) }
  }

  @_noAllocation @_noLocks
  mutating func remove(_ id: SourceID, at now: RawInstant, _ actions: inout Actions) {
    let index = find(id)
    if index < 0 { return }
    joint.forget(id)
    storage.slots[index] = SourceSlot()
    storage.selection.forget(index)
    update(at: now, &actions)
  }

  /// Asks for the intervals that poll control wants and that were not asked for yet.
  @_noAllocation @_noLocks
  mutating func requestPolls(_ actions: inout Actions) {
    for i in 0..<capacity where storage.slots[i].isUsed {
      let wanted = storage.slots[i].poll.poll
      if storage.slots[i].requestedPoll != wanted
        && actions.advise(.requestPoll(storage.slots[i].id, poll: wanted))
      {
        storage.slots[i].requestedPoll = wanted
      }
    }
  }
}
