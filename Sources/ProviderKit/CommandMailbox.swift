// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands commands from control to capture without a lock: one poster, one taker, at most 64 waiting.
///
/// The poster arms a timer for "now" after `post`; the taker drains the mailbox when the timer expires.
@safe
public final class CommandMailbox: @unchecked Sendable {
  public static let capacity = 64

  private let slots: UnsafeMutablePointer<Command>
  private let posted = Atomic<UInt32>(0)
  private let taken = Atomic<UInt32>(0)

  public init() {
    // Sound: allocated and initialised here, freed in deinit; a slot is written before `posted` passes it and read before
    // `taken` passes it, so poster and taker never touch one slot at once.
    unsafe slots = .allocate(capacity: Self.capacity)
    unsafe slots.initialize(repeating: Command(Command.Kind(rawValue: 0)), count: Self.capacity)
  }

  deinit { unsafe slots.deallocate() }

  /// False = full. [control]
  public func post(_ command: Command) -> Bool {
    let next = posted.load(ordering: .relaxed)
    guard next &- taken.load(ordering: .acquiring) < Self.capacity else { return false }
    unsafe slots[Int(next % UInt32(Self.capacity))] = command
    posted.store(next &+ 1, ordering: .releasing)
    return true
  }

  /// The oldest command, nil = none. [capture]
  public func take() -> Command? {
    let next = taken.load(ordering: .relaxed)
    guard next != posted.load(ordering: .acquiring) else { return nil }
    let command = unsafe slots[Int(next % UInt32(Self.capacity))]
    taken.store(next &+ 1, ordering: .releasing)
    return command
  }
}
