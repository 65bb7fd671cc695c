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

  mutating func refuse() {
    verdict = .refuse
    reason = UInt32(TOMPION_REFUSE_UNAVAILABLE)
  }

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

  init(_ fields: tompion_protection_t) {
    unsafe self.init(
      length: Int(fields.length), limit: Int(fields.limit), peer: SocketAddress(fields.peer), token: fields.token,
      request: fields.request)
    unsafe verdict = Verdict(rawValue: fields.verdict)
    unsafe reason = fields.reason
    unsafe key = fields.key
  }
}
