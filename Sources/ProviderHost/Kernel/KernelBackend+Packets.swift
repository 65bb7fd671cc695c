// SPDX-License-Identifier: Apache-2.0

import CLinux
package import CTompionProvider
import LinuxKernel
import TimeTypes

/// Packets between a socket and the provider. [capture]
extension KernelBackend {
  /// Hands what a socket received to the provider in one batch and sends its replies from the same bytes.
  ///
  /// Where a batch was full more is waiting: it is taken at once, and the loop is asked only when that is done.
  func receive(handle: UInt32) {
    for _ in 0..<Self.batchesInTurn {
      guard receiveBatch(handle), loop.profile == .full else { return }
      // What comes now is stamped later than the last reading of the clocks.
      clocks.refresh()
    }
  }

  /// True = more may be waiting.
  private func receiveBatch(_ handle: UInt32) -> Bool {
    guard let index = index(of: handle), let socket = places[index].socket, let instance else { return false }
    let begin = rawNow()
    let notBefore = places[index].emptyAt
    let count: Int
    do throws(KernelError) {
      count = try socket.receive(into: receiveBuffer)
    } catch {
      instance.failed(socket: handle, status: tompion_status(errno: error.errno), worker: worker)
      return false
    }
    // In the minimal profile one call brings one packet, whatever waits behind it.
    let slots = loop.profile == .minimal ? 1 : receiveBuffer.slots
    if let emptyAt = socket.emptyAt(begin, count, of: slots) { places[index].emptyAt = emptyAt }
    guard count > 0 else { return false }
    // Stamps lie in their queue's order. One that came after the last reading of the clocks is told by the next one, which both bounds it
    // and costs a tenth of looking through all pieces of the line.
    // Sound: `count` slots were filled just now.
    if unsafe clocks.isBehind(receiveBuffer.slot(count - 1).pointee.software_ns) { clocks.refresh() }
    fill(count, notBefore: notBefore)
    // Sound: `count` slots were filled just now; their bytes belong to the buffer, which lives as long as this object.
    unsafe instance.receive(UnsafeMutableBufferPointer(start: packets, count: count), socket: handle, worker: worker)
    var replies = false
    var wantsStamp = false
    for index in 0..<count {
      // Sound: index < count, as above.
      let (length, flags) = unsafe (packets[index].reply_length, packets[index].flags)
      let wants = flags & UInt32(TOMPION_PACKET_WANT_TX_STAMP) != 0
      unsafe receiveBuffer.reply(index, length: Int(length), wantStamp: wants, token: packets[index].tx_token)
      if length > 0 {
        replies = true
        wantsStamp = wantsStamp || wants
      }
    }
    // The provider may have closed the socket meanwhile, and another one may be in its place.
    guard replies, let socket = self.socket(handle) else { return count == slots }
    _ = socket.send(receiveBuffer, count: count)
    if wantsStamp { expectStamps(handle) }
    return count == slots
  }

  private func fill(_ count: Int, notBefore: RawInstant) {
    let (piece, older) = (clocks.piece, clocks.olderPiece)
    let capacity = receiveBuffer.capacity
    let stride = receiveBuffer.stride
    // Sound throughout: count <= slots; slots lie one behind the other, their bytes `stride` apart; they live as long as the buffer, and
    // there are as many packets.
    let slots = unsafe receiveBuffer.slot(0)
    let bytes = unsafe receiveBuffer.bytes(0).baseAddress?.assumingMemoryBound(to: UInt8.self)
    for index in 0..<count {
      let slot = unsafe slots + index
      let packet = unsafe packets + index
      let flags = unsafe slot.pointee.flags
      unsafe packet.pointee.bytes = bytes.map { unsafe $0 + index &* stride }
      unsafe packet.pointee.capacity = UInt32(truncatingIfNeeded: capacity)
      unsafe packet.pointee.length = min(slot.pointee.length, UInt32(truncatingIfNeeded: capacity))
      unsafe packet.pointee.reply_length = 0
      unsafe packet.pointee.flags = flags & CLINUX_DATAGRAM_TRUNCATED != 0 ? UInt32(TOMPION_PACKET_TRUNCATED) : 0
      unsafe packet.pointee.tx_token = 0
      unsafe packet.pointee.peer = tompion_address_t(slot.pointee.peer)
      unsafe packet.pointee.local = tompion_address_t(slot.pointee.local)
      unsafe packet.pointee.interface_index = slot.pointee.interface_index
      var stamp: Stamp?
      if flags & (CLINUX_DATAGRAM_SOFTWARE | CLINUX_DATAGRAM_HARDWARE) == CLINUX_DATAGRAM_SOFTWARE {
        let realtime = unsafe slot.pointee.software_ns
        stamp =
          piece?.stamp(realtime: realtime, notBefore: notBefore)
          ?? older?.stamp(realtime: realtime, notBefore: notBefore)
      }
      // Without a kernel's or card's stamp the time of reading is the best there is, and says so by its kind.
      if let stamp = unsafe stamp ?? clocks.received(slot.pointee, notBefore: notBefore) ?? clocks.read(.system) {
        unsafe packet.pointee.stamp = tompion_stamp_t(stamp)
      } else {
        unsafe packet.pointee.stamp = tompion_stamp_t()
      }
    }
  }

  package func send(_ batch: UnsafeBufferPointer<tompion_packet_t>, socket handle: UInt32) -> UInt32 {
    guard let socket = socket(handle) else { return 0 }
    var taken: UInt32 = 0
    var next = 0
    while next < batch.count {
      let count = min(batch.count - next, sendBuffer.slots)
      var wantsStamp = false
      for index in 0..<count {
        // Sound: the table checked bytes and length; the length is bounded by the slot here.
        let packet = unsafe batch[next + index]
        let length = unsafe Int(packet.length)
        guard length > 0, length <= sendBuffer.capacity, let bytes = unsafe packet.bytes else { return taken }
        unsafe sendBuffer.bytes(index).copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: length))
        let wants = unsafe packet.flags & UInt32(TOMPION_PACKET_WANT_TX_STAMP) != 0 && socket.stampsTransmission
        wantsStamp = wantsStamp || wants
        unsafe sendBuffer.prepare(
          index, length: length, to: socket.peer == nil ? SocketAddress(packet.peer) : nil,
          from: socket.peer == nil ? SocketAddress(packet.local) : nil, interface: packet.interface_index,
          wantStamp: wants, token: packet.tx_token)
      }
      let sent = socket.send(sendBuffer, count: count)
      taken += UInt32(sent)
      if wantsStamp { expectStamps(handle) }
      guard sent == count else { return taken }
      next += count
    }
    return taken
  }

  private func expectStamps(_ handle: UInt32) {
    let patience = clocks.hardwareInterfaces.isEmpty ? Self.stampPatience : Self.hardwarePatience
    _ = loop.arm(Token.make(number, Token.overdue, handle), at: rawNow() + patience)
  }

  /// Tells the provider of stamps that never came, or by the kernel's where only the card's did not.
  func giveUpStamps(handle: UInt32, now: RawInstant) {
    let limit = now - Self.stampPatience + .milliseconds(1)
    let heldLimit = now - Self.hardwarePatience + .microseconds(100)
    // The provider may close the socket in any of these calls.
    while let overdue = socket(handle)?.nextOverdue(before: limit, heldBefore: heldLimit) {
      let sent = RawInstant(nanoseconds: overdue.sentRawNanoseconds)
      let software = overdue.realtimeNanoseconds.flatMap {
        clocks.missed(realtime: $0, interface: overdue.interface, sent: sent)
      }
      transmitted(overdue.token, handle, software)
    }
    if let socket = socket(handle), socket.pendingStamps > 0 { expectStamps(handle) }
  }

  /// Reads a socket's error queue: TX stamps and ICMP errors.
  func readErrors(handle: UInt32) {
    var found = false
    // Bounded, so that one socket cannot keep the loop. The provider may close the socket in any of these calls.
    for _ in 0..<256 {
      guard let report = socket(handle)?.nextReport() else { break }
      found = true
      switch report {
      case .departed(let token, let realtime, let hardware, let sentRaw, let interface):
        let sent = RawInstant(nanoseconds: sentRaw)
        transmitted(
          token, handle, clocks.departed(realtime: realtime, hardware: hardware, interface: interface, sent: sent))
      case .failed(let errno, _):
        instance?.failed(socket: handle, status: tompion_status(errno: errno), worker: worker)
      case .unmatched: break
      }
    }
    if !found, let error = socket(handle)?.takeError() {
      instance?.failed(socket: handle, status: tompion_status(errno: error.errno), worker: worker)
    }
  }

  private func transmitted(_ token: UInt64, _ handle: UInt32, _ stamp: Stamp?) {
    var report = tompion_transmitted_t()
    report.tx_token = token
    report.socket = handle
    if let stamp { report.stamp = tompion_stamp_t(stamp) }
    // Sound: one element, for the call.
    unsafe withUnsafePointer(to: report) { pointer in
      unsafe instance?.transmitted(UnsafeBufferPointer(start: pointer, count: 1), worker: worker)
    }
  }
}
