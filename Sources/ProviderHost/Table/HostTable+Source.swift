// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TimeTypes

/// source/1 and publish: what makes samples and their sources known. Bounded, without a lock, without allocation.
extension HostTable {
  // Every closure: pointers are the caller's, borrowed for the call and checked for null before use.
  static var source: tompion_source_t {
    var table = tompion_source_t()
    table.size = UInt32(MemoryLayout<tompion_source_t>.size)
    unsafe table.add = { host, info, id in
      guard let instance = unsafe HostTable.instance(host), let info = unsafe info, let id = unsafe id else {
        return TOMPION_INVALID
      }
      return instance.exclusively {
        guard let copy = unsafe instance.checked(info) else { return TOMPION_INVALID }
        guard let added = instance.outbox.sources.add(copy) else { return TOMPION_NO_MEMORY }
        unsafe id.pointee = added
        return TOMPION_OK
      }
    }
    unsafe table.update = { host, id, info in
      guard let instance = unsafe HostTable.instance(host), let info = unsafe info else { return TOMPION_INVALID }
      return instance.exclusively {
        guard let copy = unsafe instance.checked(info) else { return TOMPION_INVALID }
        return instance.known(instance.outbox.sources.update(id, copy))
      }
    }
    unsafe table.remove = { host, id in
      guard let instance = unsafe HostTable.instance(host) else { return TOMPION_INVALID }
      return instance.exclusively { instance.known(instance.outbox.sources.remove(id)) }
    }
    return table
  }
}

extension ProviderInstance {
  /// Runs a change of the source table unless another thread is in one; wait-free.
  func exclusively(_ body: () -> tompion_status) -> tompion_status {
    guard state.isInited else {
      outbox.counters.count(.wrongState)
      return TOMPION_WRONG_STATE
    }
    guard !publishing.exchange(true, ordering: .acquiring) else {
      outbox.counters.count(.concurrentCall)
      return TOMPION_AGAIN
    }
    defer { publishing.store(false, ordering: .releasing) }
    return body()
  }

  func known(_ found: Bool) -> tompion_status {
    if found { return TOMPION_OK }
    outbox.counters.count(.unknownSource)
    return TOMPION_NOT_FOUND
  }

  /// A copy of the info with its texts closed, nil = a size or a value is wrong.
  func checked(_ info: UnsafePointer<tompion_source_info_t>) -> tompion_source_info_t? {
    // Sound: the size is read first; the rest only if the caller's struct has it.
    guard let copy = unsafe info.pointee.size < MemoryLayout<tompion_source_info_t>.size ? nil : info.pointee,
      let result = copy.sanitized
    else {
      outbox.counters.count(.badArgument)
      return nil
    }
    return result
  }

  /// Takes samples into the ring; returns how many. [capture & started]
  func publish(_ samples: UnsafePointer<tompion_sample_t>?, count: UInt32) -> UInt32 {
    let counters = outbox.counters
    guard state == .started else {
      counters.count(.publishedWhileStopped, UInt64(count))
      return 0
    }
    guard let samples = unsafe samples else {
      counters.count(.badArgument)
      return 0
    }
    guard !publishing.exchange(true, ordering: .acquiring) else {
      counters.count(.concurrentCall)
      return 0
    }
    defer { publishing.store(false, ordering: .releasing) }
    let now = backend.rawNow()
    var taken: UInt32 = 0
    for index in 0..<Int(count) {
      // Sound: the caller says that `count` samples are there. A sample is 128 bytes for ever, so its neighbour is too.
      if unsafe outbox.accept(samples[index], now: now, clocks: clocks) { taken += 1 }
    }
    return taken
  }
}

extension tompion_source_info_t {
  /// The info with every text closed by a NUL, nil = a value is out of range.
  var sanitized: tompion_source_info_t? {
    guard leap <= 3, stratum <= 16, min_poll <= max_poll else { return nil }
    var copy = self
    copy.size = UInt32(MemoryLayout<Self>.size)
    copy.name.127 = 0
    copy.address.63 = 0
    copy.last_error.127 = 0
    // A scheme that nobody has named yet is one of somebody else's.
    if copy.reserved.0 > UInt8(TOMPION_PROOF_NTS) { copy.reserved.0 = UInt8(TOMPION_PROOF_OTHER) }
    return copy
  }
}
