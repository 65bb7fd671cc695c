// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// The host's calls into an authenticator (authenticator/1), and what comes back to its callers. Nothing of it is believed: packets are
/// the host's copies, and what an authenticator decided of them is checked before a caller sees it.
extension ProviderInstance {
  enum Protecting {
    case protect
    case unprotect
  }

  /// So many packets are handed on at a time: their copies are on the stack.
  static let protectionBatch = 14

  /// Whether other threads than the owner's may call it.
  private var takesManyWorkers: Bool {
    descriptor.capabilities & UInt32(TOMPION_CAPABILITY_MANY_WORKERS) != 0
  }

  /// It offers a scheme to others. The owner's thread.
  package var isAuthenticator: Bool { unsafe authenticatorTable != nil }

  /// An authenticator's scheme is there for others from its init on.
  func offerAuthentication() {
    guard let router = backend.authentication, let scheme = unsafe authenticatorTable?.pointee.scheme else { return }
    let name = unsafe CText.string(scheme, limit: 64) ?? ""
    guard !router.offer(name, by: self) else { return }
    unsafe authenticatorTable = nil
    log(.error, "authentication \"\(name)\" is offered by another provider already, or is no name: not used")
  }

  // MARK: into the authenticator

  func openAssociation(
    _ number: UInt32, _ options: tompion_association_options_t, name: String, key: String
  ) -> tompion_status {
    guard let provider = unsafe pointer, state.isInited, let open = unsafe authenticatorTable?.pointee.open else {
      return TOMPION_NOT_FOUND
    }
    // Sound: the texts live through the call, and the options are this function's own.
    return unsafe name.withCString { name in
      unsafe key.withCString { key in
        var copy = unsafe options
        unsafe copy.size = UInt32(MemoryLayout<tompion_association_options_t>.size)
        unsafe copy.name = unsafe name
        unsafe copy.key = unsafe key
        unsafe copy.reserved = 0
        return answering { unsafe open(provider, number, &copy) }
      }
    }
  }

  func closeAssociation(_ number: UInt32) {
    guard let provider = unsafe pointer, let close = unsafe authenticatorTable?.pointee.close else { return }
    answering { unsafe close(provider, number) }
  }

  /// A call during which it may not tell its callers anything. The owner's thread.
  private func answering<Result>(_ call: () -> Result) -> Result {
    answers += 1
    defer { answers -= 1 }
    return inside(call)
  }

  func growth(_ number: UInt32) -> UInt32 {
    guard let provider = unsafe running, let growth = unsafe authenticatorTable?.pointee.growth else { return 0 }
    return unsafe growth(provider, number)
  }

  /// Has packets protected or checked; every one of them gets a verdict. How many are not pending. [any thread]
  /// - Parameter mayPend: the caller can be told later.
  func decide(
    _ what: Protecting, _ number: UInt32, _ packets: UnsafeMutableBufferPointer<tompion_protection_t>, mayPend: Bool
  ) -> UInt32 {
    let isWorker = WorkerThread.isCurrent
    guard let provider = unsafe running, let table = unsafe authenticatorTable?.pointee,
      let call = unsafe what == .protect ? table.protect : table.unprotect, !isWorker || takesManyWorkers
    else { return unsafe Self.refuse(packets, TOMPION_REFUSE_UNAVAILABLE) }
    var decided: UInt32 = 0
    // Sound: as many copies as are handed on; all live through the calls.
    unsafe withUnsafeTemporaryAllocation(of: tompion_protection_t.self, capacity: Self.protectionBatch) { copies in
      var next = 0
      while next < packets.count {
        let count = min(packets.count - next, Self.protectionBatch)
        let part = unsafe UnsafeMutableBufferPointer(rebasing: packets[next..<(next + count)])
        var whole = 0
        for index in 0..<count where unsafe part[index].isWhole {
          unsafe copies.initializeElement(at: whole, to: part[index])
          unsafe copies[whole].verdict = UInt32(TOMPION_VERDICT_REFUSE)
          unsafe copies[whole].reason = UInt32(TOMPION_REFUSE_FAULT)
          unsafe copies[whole].key = 0
          if what == .unprotect { unsafe copies[whole].request = 0 }
          whole += 1
        }
        if whole > 0, let base = copies.baseAddress {
          if isWorker {
            unsafe call(provider, number, base, UInt32(whole))
          } else {
            answering { unsafe call(provider, number, base, UInt32(whole)) }
          }
        }
        var place = 0
        for index in 0..<count {
          if unsafe part[index].isWhole {
            if unsafe !part[index].take(copies[place], strips: what == .unprotect, mayPend: mayPend) {
              outbox.counters.count(.badArgument)
            }
            place += 1
          } else {
            unsafe part[index].refuse(TOMPION_REFUSE_MALFORMED)
          }
          if unsafe part[index].verdict != UInt32(TOMPION_VERDICT_PENDING) { decided += 1 }
        }
        next += count
      }
    }
    return decided
  }

  static func refuse(_ packets: UnsafeMutableBufferPointer<tompion_protection_t>, _ reason: Int32) -> UInt32 {
    // Sound: the caller's packets, borrowed for the call.
    for index in packets.indices { unsafe packets[index].refuse(reason) }
    return UInt32(packets.count)
  }

  // MARK: to the caller

  /// An association of its own is there, or not. The owner's thread, outside of calls for associations.
  func associationReady(_ number: UInt32, status: tompion_status, peer: tompion_address_t, text: String) {
    guard let provider = unsafe running, let ready = unsafe authenticateReceiver?.pointee.ready else { return }
    var peer = peer
    // Sound: the text lives through the call.
    unsafe text.withCString { text in inside { unsafe ready(provider, number, status, &peer, text) } }
  }

  /// A packet that was left pending is decided; false = it cannot be told.
  func associationDecided(_ number: UInt32, _ protection: tompion_protection_t) -> Bool {
    guard let provider = unsafe running, let decided = unsafe authenticateReceiver?.pointee.decided else {
      return false
    }
    var copy = unsafe protection
    inside { unsafe decided(provider, number, &copy) }
    return true
  }
}

extension tompion_protection_t {
  /// Whether the caller's numbers make sense.
  fileprivate var isWhole: Bool {
    unsafe bytes != nil && length > 0 && length <= limit && limit <= capacity
  }

  fileprivate mutating func refuse(_ reason: Int32) {
    unsafe verdict = UInt32(TOMPION_VERDICT_REFUSE)
    unsafe self.reason = UInt32(reason)
    unsafe key = 0
  }

  /// Takes what an authenticator decided of a copy; false = it makes no sense, and the packet is refused.
  fileprivate mutating func take(_ decision: tompion_protection_t, strips: Bool, mayPend: Bool) -> Bool {
    let bound = unsafe strips ? length : limit
    var isSound: Bool
    switch unsafe Int32(truncatingIfNeeded: decision.verdict) {
    case TOMPION_VERDICT_OK: isSound = unsafe decision.length > 0 && decision.length <= bound
    case TOMPION_VERDICT_REFUSE: isSound = unsafe decision.reason != UInt32(TOMPION_REFUSE_FAULT)
    case TOMPION_VERDICT_PENDING: isSound = mayPend
    case TOMPION_VERDICT_NONE: isSound = strips
    default: isSound = false
    }
    // In place means in place.
    if unsafe decision.bytes != bytes { isSound = false }
    guard isSound else {
      unsafe refuse(TOMPION_REFUSE_FAULT)
      return false
    }
    unsafe verdict = decision.verdict
    unsafe reason = decision.verdict == UInt32(TOMPION_VERDICT_REFUSE) ? decision.reason : 0
    unsafe key = decision.key
    unsafe request = decision.request
    if unsafe decision.verdict == UInt32(TOMPION_VERDICT_OK) { unsafe length = decision.length }
    return true
  }

  /// Whether it may be told later as it is.
  var isDecision: Bool {
    switch unsafe Int32(truncatingIfNeeded: verdict) {
    case TOMPION_VERDICT_OK: unsafe bytes != nil && length > 0 && length <= limit && limit <= capacity
    case TOMPION_VERDICT_REFUSE, TOMPION_VERDICT_NONE: unsafe bytes == nil || length <= capacity
    default: false
    }
  }
}
