// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A report that [control] asks for and [discipline] makes between two samples. One asker, one answerer.
@safe final class StatusExchange: @unchecked Sendable {
  // Sound to share: `report` belongs to [discipline] while wanted is 1 and to [control] otherwise; the flag's release and
  // acquire hand it over.
  private let wanted = Atomic<UInt8>(0)
  private var report: DisciplineReport?

  var isWanted: Bool { wanted.load(ordering: .acquiring) == 1 }

  /// [discipline]
  func answer(_ report: DisciplineReport) {
    self.report = report
    wanted.store(0, ordering: .releasing)
  }

  /// Asks; `isAnswered` tells when `take` will work. [control]
  func ask() { wanted.store(1, ordering: .releasing) }

  var isAnswered: Bool { wanted.load(ordering: .acquiring) == 0 }

  /// The last answer; nil = none ever. [control, answered]
  func take() -> DisciplineReport? { isAnswered ? report : nil }
}
