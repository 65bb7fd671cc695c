// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import ProviderHost
package import Settings
package import TimeTypes

/// Finds the sources that `lock` names, as they come and go, and says which pulses each of them numbers: the same for the daemon and for the
/// simulator. [control]
package struct SourceLocks {
  /// No source has this number: pulses that are locked to one that is not there are nobody's to number.
  package static let nobody = SourceID(rawValue: 0)

  private let wanted: [SourceLock]
  /// By the pulses' source.
  private var told: [SourceID: SourceID] = [:]

  package init(_ wanted: [SourceLock]) { self.wanted = wanted }

  package var isEmpty: Bool { wanted.isEmpty }

  /// What is new; `tell` says whether it was passed on, else it is said again.
  package mutating func turn(_ sources: [ProviderSource], tell: (_ pulses: SourceID, _ keeper: SourceID) -> Bool) {
    var current: [SourceID: SourceID] = [:]
    for lock in wanted {
      for pulses in sources where pulses.summary.has(UInt32(TOMPION_SOURCE_REFCLOCK)) && pulses.address == lock.device {
        let keepers = sources.filter { $0.id != pulses.id && ($0.name == lock.keeper || $0.address == lock.keeper) }
        // Of a pool's members the one that is known already stays, as long as it is heard.
        let known = keepers.first { $0.id == told[pulses.id] && $0.summary.reach != 0 }
        let keeper = known ?? keepers.first { $0.summary.reach != 0 } ?? keepers.first
        current[pulses.id] = keeper?.id ?? Self.nobody
      }
    }
    // In order, so that a run says it in the same one each time.
    for (pulses, keeper) in current.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where told[pulses] != keeper {
      if !tell(pulses, keeper) { current[pulses] = told[pulses] }
    }
    told = current
  }
}
