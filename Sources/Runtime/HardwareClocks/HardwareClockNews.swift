// SPDX-License-Identifier: Apache-2.0

import Report
import Synchronization

/// What the hardware clocks' role tells [control]: events to be raised, and how each clock is.
final class HardwareClockNews: Sendable {
  private let events = Mutex<[EventRecord]>([])
  private let lost = Atomic<UInt64>(0)
  private let reports = Mutex<[ClockReport]>([])
  private let wake: @Sendable () -> Void

  /// `wake`: [control] has something to do.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  /// At most this many wait; the rest would be more of the same, and is counted.
  private static let most = 64

  func raise(_ event: EventRecord) {
    events.withLock {
      if $0.count < Self.most { $0.append(event) } else { lost.add(1, ordering: .relaxed) }
    }
    wake()
  }

  /// How many events found no place.
  var dropped: UInt64 { lost.load(ordering: .relaxed) }

  func publish(_ report: ClockReport, at index: Int) {
    reports.withLock { list in
      while list.count <= index { list.append(ClockReport()) }
      list[index] = report
    }
  }

  /// What is to be raised since the last time. [control]
  func take() -> [EventRecord] {
    events.withLock { waiting in
      defer { waiting.removeAll() }
      return waiting
    }
  }

  /// How each hardware clock is, in the configuration's order. [control]
  func clocks() -> [ClockReport] { reports.withLock { $0 } }
}
