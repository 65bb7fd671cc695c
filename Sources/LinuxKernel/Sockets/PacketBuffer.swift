// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// Preallocated slots for a batch of datagrams: bytes, peer, local address, stamps. Nothing is allocated per packet.
///
/// One thread uses it at a time. Receiving fills slots 0...; a slot with a `send_length` is sent by `UDPSocket.send`, so a
/// reply can be made in place. `@safe`: the storage is private to the fence and every index is checked.
@safe
package final class PacketBuffer {
  package let slots: Int
  package let capacity: Int
  @usableFromInline
  let batch: OpaquePointer
  /// The fence's arrays, as they lie since init: asking it for each slot of each datagram costs more than the slot.
  private let fields: UnsafeMutablePointer<clinux_datagram_t>
  private let memory: UnsafeMutableRawPointer
  /// How far one slot's memory is from the next one's.
  package let stride: Int

  /// Memory for `slots` datagrams of `capacity` bytes each.
  package init(slots: Int, capacity: Int) throws(KernelError) {
    // The fence checks nothing but zero, so both are bounded here.
    let slots = min(max(slots, 1), 4096)
    let capacity = min(max(capacity, 64), 65536)
    // calloc'd by the fence; freed in deinit and nowhere else.
    guard let batch = unsafe clinux_batch_create(UInt32(slots), UInt32(capacity)),
      let fields = unsafe clinux_batch_slot(batch, 0), let memory = unsafe clinux_batch_bytes(batch, 0)
    else { throw KernelError("allocate packet buffers", errno: 12) }
    unsafe self.batch = batch
    unsafe self.fields = fields
    unsafe self.memory = UnsafeMutableRawPointer(memory)
    stride = unsafe Int(clinux_batch_stride(batch))
    self.slots = slots
    self.capacity = capacity
  }

  deinit { unsafe clinux_batch_destroy(batch) }

  /// The slot's fields, for those who change them in place. Lives as long as this buffer.
  @inline(__always)
  package func slot(_ index: Int) -> UnsafeMutablePointer<clinux_datagram_t> {
    precondition(index >= 0 && index < slots, "packet slot out of range")
    // Index checked; the fence's array has `slots` elements for the life of the batch.
    return unsafe fields + index
  }

  /// The slot's memory, `capacity` bytes. Lives as long as this buffer.
  @inline(__always)
  package func bytes(_ index: Int) -> UnsafeMutableRawBufferPointer {
    precondition(index >= 0 && index < slots, "packet slot out of range")
    // Index checked; each slot has `capacity` bytes, `stride` behind those of the slot before.
    return unsafe UnsafeMutableRawBufferPointer(start: memory + index &* stride, count: capacity)
  }

  /// The slot's fields (not its bytes).
  @inline(__always)
  package subscript(index: Int) -> clinux_datagram_t {
    get { unsafe slot(index).pointee }
    set { unsafe slot(index).pointee = newValue }
  }

  /// A copy of what a slot received.
  package func received(_ index: Int) -> [UInt8] {
    let length = min(Int(self[index].length), capacity)
    // `length` is inside the slot's memory.
    return unsafe Array(bytes(index)[..<length])
  }

  /// Copies a datagram to be sent into a slot; false if it is too long. `peer` nil for a connected socket.
  package func fill(
    _ index: Int, with packet: [UInt8], to peer: SocketAddress? = nil, from local: SocketAddress? = nil,
    interface: UInt32 = 0, wantStamp: Bool = false, token: UInt64 = 0
  ) -> Bool {
    guard packet.count <= capacity else { return false }
    unsafe bytes(index).copyBytes(from: packet)
    prepare(
      index, length: packet.count, to: peer, from: local, interface: interface, wantStamp: wantStamp, token: token)
    return true
  }

  /// Makes a slot, whose bytes are there already, one to be sent.
  package func prepare(
    _ index: Int, length: Int, to peer: SocketAddress? = nil, from local: SocketAddress? = nil, interface: UInt32 = 0,
    wantStamp: Bool = false, token: UInt64 = 0
  ) {
    let slot = unsafe slot(index)
    unsafe slot.pointee.send_length = UInt32(min(max(length, 0), capacity))
    unsafe slot.pointee.flags = wantStamp ? CLINUX_DATAGRAM_WANT_STAMP : 0
    unsafe slot.pointee.token = token
    unsafe slot.pointee.interface_index = interface
    unsafe slot.pointee.peer = (peer ?? .none).c
    unsafe slot.pointee.local = (local ?? .none).c
  }

  /// Turns a received slot into its reply: back to the peer, from the address and interface that was asked.
  @inline(__always)
  package func reply(_ index: Int, length: Int, wantStamp: Bool = false, token: UInt64 = 0) {
    let slot = unsafe slot(index)
    unsafe slot.pointee.send_length = UInt32(min(max(length, 0), capacity))
    unsafe slot.pointee.flags = wantStamp ? CLINUX_DATAGRAM_WANT_STAMP : 0
    unsafe slot.pointee.token = token
  }
}
