// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// One packet on its way through an authenticator, without its bytes (`tompion_protection_t`).
public struct Protection: Hashable, Sendable, BitwiseCopyable {
  public struct Verdict: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let ok = Verdict(rawValue: UInt32(TOMPION_VERDICT_OK))
    /// Drop it; `reason` says why.
    public static let refuse = Verdict(rawValue: UInt32(TOMPION_VERDICT_REFUSE))
    /// `Provider.protectionDecided` comes with `token`.
    public static let pending = Verdict(rawValue: UInt32(TOMPION_VERDICT_PENDING))
    /// It carries nothing of this scheme.
    public static let none = Verdict(rawValue: UInt32(TOMPION_VERDICT_NONE))
  }

  /// Why a packet is refused (TOMPION_REFUSE_*); `unavailable` and `fault` are the host's to say.
  public enum Refusal: UInt32, Sendable, BitwiseCopyable, CaseIterable {
    case unknownKey = 1
    case badCode = 2
    case malformed = 3
    case stale = 4
    case noRoom = 5
    case notAllowed = 6
    case unavailable = 7
    case fault = 8
  }

  /// In: the packet as it is; out: as it is now.
  public var length: Int
  /// It must not grow beyond.
  public var limit: Int
  public var peer: SocketAddress
  /// The caller's; comes back with a decision.
  public var token: UInt64
  /// Server: ties a reply to its request's keys; out of `unprotect`, into `protect`.
  public var request: UInt64
  public internal(set) var verdict = Verdict.refuse
  /// TOMPION_REFUSE_*; 0 unless refused.
  public internal(set) var reason: UInt32 = 0
  /// Which key, for people; 0 = not known.
  public internal(set) var key: UInt32 = 0

  public init(length: Int, limit: Int, peer: SocketAddress = .none, token: UInt64 = 0, request: UInt64 = 0) {
    self.length = length
    self.limit = limit
    self.peer = peer
    self.token = token
    self.request = request
  }

  /// The packet is `length` bytes long now. `key`: which one, for people; 0 = not known.
  public mutating func accept(length: Int, key: UInt32 = 0) {
    self.length = length
    self.key = key
    (verdict, reason) = (.ok, 0)
  }

  /// The packet is to be dropped. `key`: the one that it names, if it names one.
  public mutating func refuse(_ refusal: Refusal, key: UInt32 = 0) {
    self.key = key
    (verdict, reason) = (.refuse, refusal.rawValue)
  }

  /// Somebody else decides: `AuthenticatorHost.decided` will tell, with `token`. Its bytes have to be copied.
  public mutating func leavePending(key: UInt32 = 0) {
    self.key = key
    (verdict, reason) = (.pending, 0)
  }

  /// The packet carries nothing of this scheme: the next one is asked. `unprotect` alone.
  public mutating func leaveToOthers() {
    key = 0
    (verdict, reason) = (.none, 0)
  }

  /// Why it is refused; nil unless it is, for a reason that this kit knows.
  public var refusal: Refusal? { verdict == .refuse ? Refusal(rawValue: reason) : nil }

  mutating func refuse() { refuse(.unavailable) }

  func fields(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> tompion_protection_t {
    var fields = unsafe tompion_protection_t()
    unsafe fields.bytes = buffer.baseAddress
    unsafe fields.capacity = UInt32(clamping: buffer.count)
    unsafe fields.length = UInt32(clamping: min(length, buffer.count))
    unsafe fields.limit = UInt32(clamping: min(limit, buffer.count))
    unsafe fields.token = token
    unsafe fields.request = request
    unsafe fields.peer = peer.abi
    return unsafe fields
  }

  mutating func take(_ fields: tompion_protection_t, capacity: Int) {
    unsafe length = min(Int(fields.length), capacity)
    unsafe verdict = Verdict(rawValue: fields.verdict)
    unsafe reason = fields.reason
    unsafe key = fields.key
    unsafe request = fields.request
  }

  /// What an authenticator decided, into the host's copy.
  func giveVerdict(to fields: inout tompion_protection_t) {
    unsafe fields.length = UInt32(clamping: length)
    unsafe fields.verdict = verdict.rawValue
    unsafe fields.reason = reason
    unsafe fields.key = key
    unsafe fields.request = request
  }

  init(_ fields: tompion_protection_t) {
    unsafe self.init(
      length: Int(fields.length), limit: Int(fields.limit), peer: SocketAddress(fields.peer), token: fields.token,
      request: fields.request)
    unsafe verdict = Verdict(rawValue: fields.verdict)
    unsafe reason = fields.reason
    unsafe key = fields.key
  }
}
