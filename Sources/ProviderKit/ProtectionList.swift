// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// The packets of a batch that an authenticator is asked about in one call, and what it says of each (authenticate/1).
///
/// Made once and used for every batch: up to its capacity nothing is allocated. It keeps none of the batch's bytes; a packet is known by its
/// index there. [capture]
@safe
public struct ProtectionList: ~Copyable {
  // Sound throughout: as many fields and places as `capacity`, initialised here, freed in deinit; entries are below `count`, which every
  // access checks. The bytes that fields point to are looked at by nobody after the call that they were lent for.
  private let fields: UnsafeMutablePointer<tompion_protection_t>
  /// Of each entry, its packet in the batch.
  private let places: UnsafeMutablePointer<Int>
  public let capacity: Int
  public private(set) var count = 0

  public init(capacity: Int) {
    self.capacity = max(1, capacity)
    unsafe fields = .allocate(capacity: self.capacity)
    unsafe fields.initialize(repeating: tompion_protection_t(), count: self.capacity)
    unsafe places = .allocate(capacity: self.capacity)
    unsafe places.initialize(repeating: 0, count: self.capacity)
  }

  deinit {
    unsafe fields.deallocate()
    unsafe places.deallocate()
  }

  public mutating func removeAll() { count = 0 }

  /// Adds a packet of the batch. `length`: as it is now; it must not grow beyond `limit`. One more than there is room for is left out.
  public mutating func add(packet: Int, length: Int, limit: Int, token: UInt64 = 0, request: UInt64 = 0) {
    guard count < capacity else { return }
    unsafe places[count] = packet
    unsafe fields[count].length = UInt32(clamping: length)
    unsafe fields[count].limit = UInt32(clamping: limit)
    unsafe fields[count].verdict = UInt32(TOMPION_VERDICT_REFUSE)
    unsafe fields[count].reason = UInt32(TOMPION_REFUSE_UNAVAILABLE)
    unsafe fields[count].key = 0
    unsafe fields[count].token = token
    unsafe fields[count].request = request
    count += 1
  }

  // MARK: what was decided

  private func entry(_ index: Int) -> UnsafeMutablePointer<tompion_protection_t> {
    precondition(index >= 0 && index < count, "index of a packet outside its list")
    return unsafe fields + index
  }

  /// Its index in the batch.
  public func packet(_ index: Int) -> Int {
    precondition(index >= 0 && index < count, "index of a packet outside its list")
    return unsafe places[index]
  }
  public func verdict(_ index: Int) -> Protection.Verdict { unsafe .init(rawValue: entry(index).pointee.verdict) }
  /// As it is now; never more than the packet's room, whatever was said.
  public func length(_ index: Int) -> Int {
    unsafe Int(min(entry(index).pointee.length, entry(index).pointee.capacity))
  }
  /// As it was given; a decision that comes later has it.
  public func token(_ index: Int) -> UInt64 { unsafe entry(index).pointee.token }
  /// Server: ties the reply to its request's keys.
  public func request(_ index: Int) -> UInt64 { unsafe entry(index).pointee.request }
  /// Why it is refused; nil unless it is, for a reason that this kit knows.
  public func refusal(_ index: Int) -> Protection.Refusal? {
    verdict(index) == .refuse ? unsafe Protection.Refusal(rawValue: entry(index).pointee.reason) : nil
  }

  // MARK: the call

  /// Lends the packets' bytes for a call with all of them.
  mutating func lend(
    _ batch: inout PacketBatch, _ call: (UnsafeMutablePointer<tompion_protection_t>, UInt32) -> Void
  ) {
    for index in 0..<count {
      let slot = unsafe batch.slot(places[index])
      let room = unsafe min(slot.pointee.length, slot.pointee.capacity)
      unsafe fields[index].bytes = slot.pointee.bytes
      unsafe fields[index].capacity = slot.pointee.bytes == nil ? 0 : room
      unsafe fields[index].limit = min(fields[index].limit, fields[index].capacity)
      unsafe fields[index].length = min(fields[index].length, fields[index].capacity)
      unsafe fields[index].peer = slot.pointee.peer
    }
    if count > 0 { unsafe call(fields, UInt32(count)) }
  }
}
