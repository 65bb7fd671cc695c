// SPDX-License-Identifier: Apache-2.0

import Selection
import TimeTypes

extension Engine {
  /// Sources that smear leap seconds and sources that make them keep two kinds of UTC: where there are both, the smearing ones are left
  /// out, and it is said.
  @_noAllocation @_noLocks
  mutating func separateSmearing(_ actions: inout Actions) {
    var smearing = 0
    for position in 0..<storage.candidates.count
    where storage.slots[storage.candidates[position].index].options.smears { smearing += 1 }
    followsSmearing = smearing > 0 && smearing == storage.candidates.count
    if smearing == 0 || followsSmearing { return }
    var position = storage.candidates.count - 1
    while position >= 0 {
      let index = storage.candidates[position].index
      if storage.slots[index].options.smears {
        storage.candidates.remove(at: position)
        storage.selection.mark(index, .smears)
        if !storage.slots[index].wasSmearing {
          storage.slots[index].wasSmearing = true
          actions.advise(.log(.smearingLeftOut(storage.slots[index].id)))
        }
      }
      position -= 1
    }
  }
}
