// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Synchronization
import TimeTypes

/// The schemes by which clients may prove their requests (authenticate/1), in the order in which they are asked.
///
/// Associations are opened, told of and closed on the owner's thread; workers read their numbers by one atomic load each.
final class AuthenticationSchemes: Sendable {
  final class Scheme: Sendable {
    let name: String
    /// 0 = not usable (yet, or any more).
    let association = Atomic<UInt32>(0)
    /// Opened, and not ready yet. The owner's.
    let expected = Atomic<UInt32>(0)
    /// What waits for somebody else's signature; before it is known whether any does, 5 ms are expected.
    let waiting = SigningDelay(expected: .milliseconds(5))
    /// Whether its replies are signed later; nil = it has signed none yet.
    private let habit = Atomic<UInt8>(0)
    /// It could not be asked on the thread of some worker.
    let isOutOfReach = Atomic<Bool>(false)

    init(_ name: String) { self.name = name }

    var signsLater: Bool? {
      get { habit.load(ordering: .relaxed) == 0 ? nil : habit.load(ordering: .relaxed) == 2 }
      set { if let newValue { habit.store(newValue ? 2 : 1, ordering: .relaxed) } }
    }

    /// What the next reply is said to wait at most; a later one is not sent. Twice the longest of late, for delays scatter.
    var announced: TimeInterval { signsLater == false ? .zero : waiting.current + waiting.current }
  }

  /// More are a mistake.
  static let limit = 4
  let schemes: [Scheme]
  /// How long the signing of a batch keeps all its replies.
  let signing = SigningDelay()

  init(_ names: [String]) { schemes = names.map(Scheme.init) }

  // MARK: the owner's thread

  /// Opens what is not open. False = some are still missing, and the host's log says why.
  @discardableResult
  func open(_ access: AuthenticationAccess) -> Bool {
    for scheme in schemes where !scheme.isOpen {
      guard case .success(let opened) = access.open(scheme: scheme.name, .server) else { continue }
      if opened.isReady {
        scheme.association.store(opened.association, ordering: .releasing)
      } else {
        scheme.expected.store(opened.association, ordering: .releasing)
      }
    }
    return schemes.allSatisfy { $0.isOpen }
  }

  func close(_ access: AuthenticationAccess) {
    for scheme in schemes {
      let usable = scheme.association.exchange(0, ordering: .acquiringAndReleasing)
      let expected = scheme.expected.exchange(0, ordering: .acquiringAndReleasing)
      for number in [usable, expected] where number != 0 { access.close(number) }
    }
  }

  /// An association may be used from now on, or not for now; with `.unreachable` it is gone for ever.
  func ready(_ association: UInt32, _ status: Status) {
    guard let scheme = schemes.first(where: { $0.isKnown(by: association) }) else { return }
    scheme.association.store(status == .ok ? association : 0, ordering: .releasing)
    scheme.expected.store(status == .ok || status == .unreachable ? 0 : association, ordering: .releasing)
  }
}

extension AuthenticationSchemes.Scheme {
  fileprivate var isOpen: Bool {
    association.load(ordering: .relaxed) != 0 || expected.load(ordering: .relaxed) != 0
  }

  fileprivate func isKnown(by number: UInt32) -> Bool {
    number != 0
      && (association.load(ordering: .relaxed) == number || expected.load(ordering: .relaxed) == number)
  }
}
