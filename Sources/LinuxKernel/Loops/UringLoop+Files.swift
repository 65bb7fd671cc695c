// SPDX-License-Identifier: Apache-2.0

/// The ring's table of files: each slot's descriptor at the slot's place, the waker's after them. A request by place takes no
/// reference to the file and looks nothing up. What finds no place goes on by its descriptor.
extension UringLoop {
  private var wakerPlace: Int { slots.count }

  /// What requests call the descriptor of a slot.
  func file(_ index: Int) -> Int32 {
    slots[index].isRegistered ? UringQueue.file(at: index) : slots[index].descriptor
  }

  /// Puts a slot's descriptor into its place, over what may be left there.
  func register(_ index: Int) {
    guard queue.hasFiles else { return }
    let result = queue.setFile(at: index, slots[index].descriptor)
    if result < 0 {
      counters.unregistered &+= 1
      // What is left there is no longer this slot's.
      if slots[index].isRegistered { _ = queue.setFile(at: index, -1) }
    }
    slots[index].isRegistered = result >= 0
  }

  /// Frees a place, for the table keeps the file open, and so its port. Refused to another thread than the owner, who does it then.
  func unregister(_ index: Int) {
    slots[index].isRegistered = queue.setFile(at: index, -1) < 0
    if slots[index].isRegistered { mustUnregister = true }
  }

  /// Frees what could not be freed at once. [owner]
  func unregisterLeftovers() {
    mustUnregister = false
    // Their requests are cancelled by place: that comes first.
    look()
    for index in slots.indices where slots[index].descriptor < 0 && slots[index].isRegistered { unregister(index) }
  }

  /// For a new ring.
  func registerAll() {
    mustUnregister = false
    for index in slots.indices {
      slots[index].isRegistered = false
      if slots[index].descriptor >= 0 { register(index) }
    }
    isWakerRegistered = false
    if let waker, queue.hasFiles { isWakerRegistered = queue.setFile(at: wakerPlace, waker.descriptor.rawValue) >= 0 }
  }

  /// What requests call the waker's.
  func wakerFile(_ waker: Waker) -> Int32 {
    isWakerRegistered ? UringQueue.file(at: wakerPlace) : waker.descriptor.rawValue
  }
}
