// SPDX-License-Identifier: Apache-2.0

package import CardLines
import Synchronization

/// What became of the cards' stamps, where other threads may read it: each number by itself is right.
/// [counts: written by the threads that turn stamps; clocks: by the one of them that reports; any reads]
package final class HardwareReport: Sendable {
  private static let interfaceWords = 4
  private static let clockWords = 6
  private let words = InlineArray<160, Atomic<UInt64>> { _ in Atomic(0) }

  /// What is counted of an interface.
  package struct Interface: Sendable, Equatable {
    /// Packets that came and left with a stamp of the card that was used.
    package var received: UInt64 = 0
    package var transmitted: UInt64 = 0
    /// Packets that left and whose card's stamp was late or never came: the kernel's was used.
    package var missed: UInt64 = 0
    /// Stamps of the card that could not be turned, or contradicted the kernel's by more than 50 ms: the kernel's was used.
    package var unusable: UInt64 = 0
  }

  /// How a card's clock is.
  package struct Clock: Sendable, Equatable {
    package var state = CardLine.State.starting
    package var readings: UInt64 = 0
    package var failures: UInt64 = 0
    package var outliers: UInt64 = 0
    package var jumps: UInt64 = 0
    /// Against the raw counter.
    package var rate = 0.0
    /// Of the line near its readings, ns.
    package var errorNanoseconds: UInt32 = .max
  }

  package enum Count: Int { case received, transmitted, missed, unusable }

  init() {}

  package func count(_ count: Count, interface: Int) {
    guard interface >= 0, interface < HardwareInterfaceSet.capacity else { return }
    words[interface * Self.interfaceWords + count.rawValue].wrappingAdd(1, ordering: .relaxed)
  }

  /// [any]
  package func interface(_ index: Int) -> Interface {
    guard index >= 0, index < HardwareInterfaceSet.capacity else { return Interface() }
    func word(_ count: Count) -> UInt64 {
      words[index * Self.interfaceWords + count.rawValue].load(ordering: .relaxed)
    }
    return Interface(
      received: word(.received), transmitted: word(.transmitted), missed: word(.missed), unusable: word(.unusable))
  }

  private static func first(_ clock: Int) -> Int { HardwareInterfaceSet.capacity * interfaceWords + clock * clockWords }

  func store(_ line: CardLine, failures: UInt64, readings: UInt64, clock: Int) {
    guard clock >= 0, clock < HardwareInterfaceSet.capacity else { return }
    let first = Self.first(clock)
    words[first].store(UInt64(line.state.rawValue) << 32 | UInt64(line.errorNanoseconds), ordering: .relaxed)
    words[first + 1].store(readings, ordering: .relaxed)
    words[first + 2].store(failures, ordering: .relaxed)
    words[first + 3].store(line.outliers, ordering: .relaxed)
    words[first + 4].store(line.jumps, ordering: .relaxed)
    words[first + 5].store((line.line?.frequency.ratio ?? 0).bitPattern, ordering: .relaxed)
  }

  /// [any]
  package func clock(_ index: Int) -> Clock {
    guard index >= 0, index < HardwareInterfaceSet.capacity else { return Clock() }
    let first = Self.first(index)
    let state = words[first].load(ordering: .relaxed)
    return Clock(
      state: CardLine.State(rawValue: UInt8(truncatingIfNeeded: state >> 32)) ?? .starting,
      readings: words[first + 1].load(ordering: .relaxed), failures: words[first + 2].load(ordering: .relaxed),
      outliers: words[first + 3].load(ordering: .relaxed), jumps: words[first + 4].load(ordering: .relaxed),
      rate: Double(bitPattern: words[first + 5].load(ordering: .relaxed)),
      errorNanoseconds: UInt32(truncatingIfNeeded: state))
  }
}
