// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import Synchronization

/// Hands calls on between the providers of one process that authenticate packets (authenticator/1) and those that have them
/// authenticated (authenticate/1). One for all instances that share an owner's thread.
///
/// Associations are opened, closed and told of on the owner's thread; `protect`, `unprotect` and `growth` may come from workers, without a
/// lock: they announce themselves in the association's place, and closing waits until nobody is in it.
@safe package final class AuthenticationRouter: @unchecked Sendable {
  // Sound to share: see above; what workers read of a place is written before its number is released to them, and stays until nobody
  // uses it.
  package static let associationLimit = 256

  /// A place for an association: its number (0 = free), how many threads are in a call for it, and its two ends.
  @safe struct Place: ~Copyable {
    let number = Atomic<UInt32>(0)
    let users = Atomic<UInt32>(0)
    var generation: UInt32 = 0
    var caller: Unmanaged<ProviderInstance>?
    var authenticator: Unmanaged<ProviderInstance>?
  }

  private struct Offer {
    var scheme: String
    /// nil = it ended without having been closed: a check of the configuration starts nobody.
    weak var instance: ProviderInstance?
  }

  private let places: UnsafeMutablePointer<Place>
  private var offers: [Offer] = []
  /// Who was told that there is no such scheme.
  private var told: Set<String> = []

  package init() {
    // Sound: made here, freed in deinit; indices stay below the limit.
    unsafe places = .allocate(capacity: Self.associationLimit)
    for index in 0..<Self.associationLimit { unsafe (places + index).initialize(to: Place()) }
  }

  deinit {
    unsafe places.deinitialize(count: Self.associationLimit)
    unsafe places.deallocate()
  }

  // MARK: who offers what

  /// A provider offers a scheme; false = another one has it, or the name is no scheme.
  func offer(_ scheme: String, by instance: ProviderInstance) -> Bool {
    guard !scheme.isEmpty, scheme.utf8.count <= 32, !offers.contains(where: { $0.scheme == scheme }) else {
      return false
    }
    offers.append(Offer(scheme: scheme, instance: instance))
    told.removeAll()
    return true
  }

  /// A provider is about to be closed: its associations end, and the other ends are told.
  func remove(_ instance: ProviderInstance) {
    offers.removeAll { $0.instance === instance }
    for index in 0..<Self.associationLimit {
      // Sound: below the limit; the owner's thread alone writes the ends.
      let number = unsafe places[index].number.load(ordering: .relaxed)
      guard number != 0 else { continue }
      let (caller, authenticator) = ends(index)
      guard caller === instance || authenticator === instance else { continue }
      end(index)
      if caller !== instance {
        caller?.associationReady(
          number, status: TOMPION_UNREACHABLE, peer: tompion_address_t(), text: "its authenticator has ended")
      }
    }
  }

  // MARK: associations

  /// Opens an association; its number, or why there is none.
  func open(
    by caller: ProviderInstance, scheme: String, _ options: tompion_association_options_t, name: String, key: String
  ) -> (status: tompion_status, number: UInt32) {
    guard unsafe caller.authenticatorTable == nil else { return (TOMPION_UNSUPPORTED, 0) }
    guard let offer = offers.first(where: { $0.scheme == scheme }), let authenticator = offer.instance else {
      // Callers ask again and again: once for each of them.
      guard told.insert("\(caller.outbox.number) \(scheme)").inserted else { return (TOMPION_NOT_FOUND, 0) }
      caller.log(
        .warning,
        "no provider of this process offers authentication \"\(scheme)\": load one, with placement = \"in-process\" "
          + "(one in a process of its own cannot be used by others)")
      return (TOMPION_NOT_FOUND, 0)
    }
    guard let index = (0..<Self.associationLimit).first(where: { unsafe places[$0].isFree }) else {
      return (TOMPION_NO_MEMORY, 0)
    }
    // Sound: a free place is the owner's thread's alone.
    let generation = unsafe max(1, (places[index].generation &+ 1) & 0xff_ffff)
    unsafe places[index].generation = generation
    let number = generation << 8 | UInt32(index)
    unsafe places[index].caller = Unmanaged.passUnretained(caller)
    unsafe places[index].authenticator = Unmanaged.passUnretained(authenticator)
    let status = unsafe authenticator.openAssociation(number, options, name: name, key: key)
    guard status >= 0 else {
      unsafe places[index].caller = nil
      unsafe places[index].authenticator = nil
      return (status, 0)
    }
    unsafe places[index].number.store(number, ordering: .releasing)
    return (status, number)
  }

  func close(_ number: UInt32, by caller: ProviderInstance) {
    guard let index = index(of: number), ends(index).caller === caller else { return }
    end(index)
  }

  private func end(_ index: Int) {
    let number = unsafe places[index].number.exchange(0, ordering: .sequentiallyConsistent)
    let authenticator = ends(index).authenticator
    // A call takes microseconds; one that hangs keeps its place for ever, and the keys with it.
    var patience = 1000
    while unsafe places[index].users.load(ordering: .sequentiallyConsistent) != 0 {
      patience -= 1
      guard patience > 0 else {
        authenticator?.log(.error, "a call for association \(number) does not return: its keys stay in memory")
        return
      }
      Pause.milliseconds(1)
    }
    authenticator?.closeAssociation(number)
    unsafe places[index].caller = nil
    unsafe places[index].authenticator = nil
  }

  private func index(of number: UInt32) -> Int? {
    let index = Int(number & 0xff)
    // Sound: below the limit, as it is eight bits.
    let isHere = unsafe places[index].number.load(ordering: .relaxed) == number
    return number != 0 && isHere ? index : nil
  }

  private func ends(_ index: Int) -> (caller: ProviderInstance?, authenticator: ProviderInstance?) {
    // Sound: instances take themselves out (`remove`) before they go.
    unsafe (
      places[index].caller?.takeUnretainedValue(), places[index].authenticator?.takeUnretainedValue()
    )
  }

  /// Runs a call for an association of the caller's unless it is closed; nil = it is. Closing waits for it. [any thread]
  func use<Result>(
    _ number: UInt32, by caller: ProviderInstance, _ body: (ProviderInstance) -> Result
  ) -> Result? {
    let index = Int(number & 0xff)
    guard number != 0 else { return nil }
    // Announced before the number is looked at: whoever closes takes the number first and then looks who is there.
    unsafe places[index].users.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { unsafe places[index].users.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    guard unsafe places[index].number.load(ordering: .sequentiallyConsistent) == number else { return nil }
    // Sound: instances take themselves out (`remove`) before they go, and wait for those who are in a call; so no reference is counted.
    guard let owner = unsafe places[index].caller, let authenticator = unsafe places[index].authenticator,
      unsafe owner.toOpaque() == Unmanaged.passUnretained(caller).toOpaque()
    else { return nil }
    return unsafe authenticator._withUnsafeGuaranteedRef(body)
  }

  /// The caller of an association of that authenticator's; nil = it is closed. [owner's thread]
  func caller(of number: UInt32, at authenticator: ProviderInstance) -> ProviderInstance? {
    guard let index = index(of: number) else { return nil }
    let (caller, own) = ends(index)
    return own === authenticator ? caller : nil
  }
}

extension AuthenticationRouter.Place {
  /// Nobody has it, and no call that hangs is still in it.
  fileprivate var isFree: Bool {
    let isEmpty = unsafe caller == nil
    return isEmpty && number.load(ordering: .relaxed) == 0 && users.load(ordering: .relaxed) == 0
  }
}
