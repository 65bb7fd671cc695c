// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Synchronization
import TimeTypes

/// One opened provider behind the ABI: its state on the ladder and the gate between control and capture.
///
/// Capture callbacks pass the gate with two atomic additions and no lock. `stop` shuts it and waits for those inside, so that
/// the provider's own code never meets itself on two threads there.
final class ProviderInstance {
  enum State: UInt8 {
    case opened, inited, started, stopped, closed
  }

  let provider: Provider
  /// The provider, if it is one.
  let authenticator: Authenticator?
  let kind: ProviderKind
  /// Only control writes it.
  private(set) var state = State.opened
  /// Callbacks inside, and `shut` where none may enter.
  private let gate = Atomic<UInt32>(ProviderInstance.shut)
  private static let shut: UInt32 = 1 << 31
  /// The provider's start is running: a timer that it armed may expire before the gate is open.
  let isStarting = Atomic<Bool>(false)

  init(_ provider: Provider, kind: ProviderKind) {
    self.provider = provider
    authenticator = provider.authenticator
    self.kind = kind
  }

  /// True = go on, and call `leave` after. [capture]
  func enter() -> Bool {
    if gate.wrappingAdd(1, ordering: .acquiring).oldValue < Self.shut { return true }
    gate.wrappingSubtract(1, ordering: .releasing)
    return false
  }

  /// [capture]
  func leave() { gate.wrappingSubtract(1, ordering: .releasing) }

  /// [control]
  func initialize() -> Status {
    guard state == .opened else { return .wrongState }
    let status = provider.initialize()
    if status == .ok { state = .inited }
    return status
  }

  /// The gate opens when the provider's start is through. [control]
  func start() -> Status {
    guard state == .inited || state == .stopped else { return .wrongState }
    isStarting.store(true, ordering: .releasing)
    defer { isStarting.store(false, ordering: .releasing) }
    let status = provider.start()
    guard status == .ok else { return status }
    state = .started
    gate.bitwiseAnd(~Self.shut, ordering: .acquiringAndReleasing)
    return .ok
  }

  /// [control]
  func stop() {
    guard state == .started else { return }
    shutGate()
    state = .stopped
    provider.stop()
  }

  /// [control]
  func close() {
    if state == .started { stop() }
    state = .closed
    provider.close()
  }

  /// [control]
  func command(_ command: Command) -> Status {
    state == .opened || state == .closed ? .wrongState : provider.command(command)
  }

  private func shutGate() {
    gate.bitwiseOr(Self.shut, ordering: .acquiringAndReleasing)
    // Callbacks last microseconds, and control is not a real-time thread: it may spin for them.
    while gate.load(ordering: .acquiring) & ~Self.shut != 0 {}
  }
}
