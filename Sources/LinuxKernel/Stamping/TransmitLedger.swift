// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// Which packets of a socket still wait for their TX stamp, and which one a stamp from the error queue belongs to.
///
/// Linux numbers the packets that asked for a stamp (SOF_TIMESTAMPING_OPT_ID); where no number comes, the packet itself does,
/// whole or inside its frame, and is found again by its hash. Fixed capacity, no allocation after init.
struct TransmitLedger {
  struct Entry: BitwiseCopyable {
    var id: UInt32
    var length: UInt32
    var hash: UInt64
    var token: UInt64
    var sentRawNanoseconds: Int64
    var pending: Bool
    /// The kernel's numbers started again before its stamp came: no stamp is matched to it any more.
    var isLost = false
    /// The kernel's stamp, which came while the card's is waited for; nil = not yet.
    var softwareNanoseconds: Int64?
    /// By which it left, told with the kernel's stamp.
    var interface: UInt32 = 0
  }

  private var entries: [Entry]
  private var next = 0
  /// The number the kernel gives to the next packet that asks.
  private(set) var nextID: UInt32 = 0
  private(set) var pendingCount = 0
  /// Packets whose place was needed before their stamp came.
  private(set) var overwritten: UInt64 = 0

  var capacity: Int { entries.count }

  init(capacity: Int) {
    entries = Array(
      repeating: Entry(id: 0, length: 0, hash: 0, token: 0, sentRawNanoseconds: 0, pending: false),
      count: max(capacity, 1))
  }

  /// Notes a packet that was sent and asked for a stamp.
  mutating func sent(token: UInt64, length: UInt32, hash: UInt64, rawNanoseconds: Int64) {
    if entries[next].pending {
      overwritten &+= 1
      pendingCount -= 1
    }
    entries[next] = Entry(
      id: nextID, length: length, hash: hash, token: token, sentRawNanoseconds: rawNanoseconds, pending: true)
    nextID &+= 1
    pendingCount += 1
    next = next + 1 == entries.count ? 0 : next + 1
  }

  /// For another socket: nothing waits, and numbers begin at 0.
  mutating func forgetAll() {
    for i in entries.indices { entries[i].pending = false }
    next = 0
    nextID = 0
    pendingCount = 0
    overwritten = 0
  }

  /// The kernel's numbering starts again at 0; what waits for a number will not be found by it any more: it is overdue at once.
  mutating func restartNumbers() {
    nextID = 0
    for i in entries.indices where entries[i].pending { entries[i].isLost = true }
  }

  /// The packet with this number.
  mutating func take(id: UInt32) -> Entry? {
    for i in entries.indices where entries[i].pending && !entries[i].isLost && entries[i].id == id {
      return take(at: i)
    }
    return nil
  }

  /// The packet that ends `payload` (which may be a whole frame), oldest first.
  mutating func take(payload: UnsafeRawBufferPointer) -> Entry? {
    for step in 0..<entries.count {
      let i = (next + step) % entries.count
      let length = Int(entries[i].length)
      guard entries[i].pending, !entries[i].isLost, length > 0, length <= payload.count else { continue }
      // `length` was checked against the buffer.
      let tail = unsafe UnsafeRawBufferPointer(rebasing: payload[(payload.count - length)...])
      if unsafe TransmitLedger.hash(tail) == entries[i].hash { return take(at: i) }
    }
    return nil
  }

  /// The packet that has waited longest.
  mutating func takeOldest() -> Entry? {
    for step in 0..<entries.count {
      let i = (next + step) % entries.count
      if entries[i].pending && !entries[i].isLost { return take(at: i) }
    }
    return nil
  }

  /// Notes the kernel's stamp of a packet whose card has still to tell its own; false = no such packet waits.
  mutating func hold(id: UInt32, softwareNanoseconds: Int64, interface: UInt32) -> Bool {
    for i in entries.indices where entries[i].pending && !entries[i].isLost && entries[i].id == id {
      entries[i].softwareNanoseconds = softwareNanoseconds
      entries[i].interface = interface
      return true
    }
    return false
  }

  /// A packet sent before `rawNanoseconds` that still waits, one with the kernel's stamp that was sent before `heldBefore`, or one that
  /// waits in vain, however young.
  mutating func takeOverdue(before rawNanoseconds: Int64, heldBefore: Int64 = .min) -> Entry? {
    for step in 0..<entries.count {
      let i = (next + step) % entries.count
      guard entries[i].pending else { continue }
      let limit = entries[i].softwareNanoseconds == nil ? rawNanoseconds : max(rawNanoseconds, heldBefore)
      if entries[i].isLost || entries[i].sentRawNanoseconds < limit { return take(at: i) }
    }
    return nil
  }

  private mutating func take(at index: Int) -> Entry {
    entries[index].pending = false
    pendingCount -= 1
    return entries[index]
  }

  /// FNV-1a, 64 bit: the packets are our own, so nobody needs to be kept from making collisions.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    // Indices inside the buffer's own count.
    for index in 0..<bytes.count { value = unsafe (value ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
    return value
  }
}
