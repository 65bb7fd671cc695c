// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands settings of an update-config from control to capture without a lock: one writer, one taker, one value waiting.
///
/// A provider that is not started has no capture yet, so that its settings are in force at once.
public final class SettingsHandover<Value>: @unchecked Sendable {
  // Sound: control writes `waiting` while the flag is down and then raises it; capture reads it while the flag is up and then lowers it.
  private var waiting: Value?
  private let isRaised = Atomic<Bool>(false)

  public init() {}

  /// Capture has not taken the last value yet. [any]
  public var isWaiting: Bool { isRaised.load(ordering: .acquiring) }

  /// The answer to an update-config: reads the settings, and uses them at once or keeps them for capture. `Status.again` = the last are
  /// not taken yet, and nothing was read; `Status.invalid` = `read` gave none. [control]
  public func update(isRunning: Bool, read: () -> Value?, use: (Value) -> Void) -> Status {
    guard !isWaiting else { return .again }
    guard let value = read() else { return .invalid }
    guard isRunning else {
      use(value)
      return .ok
    }
    waiting = value
    isRaised.store(true, ordering: .releasing)
    return .ok
  }

  /// What waits, once. [capture]
  public func take() -> Value? {
    guard isWaiting else { return nil }
    let value = waiting
    waiting = nil
    isRaised.store(false, ordering: .releasing)
    return value
  }
}
