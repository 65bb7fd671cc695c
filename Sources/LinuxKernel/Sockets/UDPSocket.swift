// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import TimeTypes

/// A non-blocking UDP socket with kernel time stamps on both ways. One thread uses it at a time. [capture]
///
/// RX stamps come with each datagram; TX stamps through the error queue, matched to their packet (`nextReport`). All stamps are
/// CLOCK_REALTIME as the kernel had it at that moment: `RealtimeRawMap` turns them into raw time.
package final class UDPSocket {
  /// The descriptor, for `PollLoop.add`.
  package private(set) var descriptor: Int32
  package let profile: KernelProfile
  /// The address it is bound to.
  package private(set) var local: SocketAddress
  package private(set) var peer: SocketAddress?
  /// Whether TX stamps can be asked for.
  package private(set) var stampsTransmission: Bool
  package private(set) var stampsReception: Bool
  package internal(set) var counters = Counters()
  /// How long its loop is to spin for it before it sleeps, ns.
  package internal(set) var busyPoll: Int64 = 0

  var ledger: TransmitLedger
  var stampFlags: UInt32
  /// Whose cards' stamps are waited for.
  package private(set) var hardware = HardwareInterfaceSet()
  let errorSlot: PacketBuffer
  var isOpen = true
  /// The ring that receives for this socket, and where it keeps it.
  var ring: UringLoop?
  var ringSlot = 0

  /// What went by and what went wrong.
  package struct Counters: Sendable, BitwiseCopyable {
    package var received: UInt64 = 0
    package var sent: UInt64 = 0
    package var sendFailures: UInt64 = 0
    package var truncated: UInt64 = 0
    /// Control messages were cut off (MSG_CTRUNC): a stamp or address was lost.
    package var controlTruncated: UInt64 = 0
    package var malformedControl: UInt64 = 0
    package var withoutStamp: UInt64 = 0
    package var transmitStamps: UInt64 = 0
    package var unmatchedStamps: UInt64 = 0
    package var networkErrors: UInt64 = 0
  }

  /// Opens, binds and connects as `options` say; nothing is left open on failure. `errorBuffer`: one slot of 2048 bytes for the
  /// error queue, which sockets of one thread may share; without it the socket makes its own.
  package convenience init(
    _ options: UDPSocketOptions, profile: KernelProfile = .full, errorBuffer: PacketBuffer? = nil
  ) throws(KernelError) {
    let buffer: PacketBuffer
    if let errorBuffer { buffer = errorBuffer } else { buffer = try PacketBuffer(slots: 1, capacity: 2048) }
    self.init(try UDPSocket.open(options, profile), options, profile: profile, errorBuffer: buffer)
  }

  /// A socket that was opened as `options` say, here or by another process, and is this object's from now on.
  package init(_ opened: Opened, _ options: UDPSocketOptions, profile: KernelProfile, errorBuffer: PacketBuffer) {
    errorSlot = errorBuffer
    self.profile = profile
    descriptor = opened.descriptor
    local = opened.local
    peer = options.peer
    stampFlags = opened.stampFlags
    stampsReception = opened.stampsReception
    stampsTransmission = opened.stampsTransmission
    ledger = TransmitLedger(capacity: stampsTransmission ? options.pendingStamps : 1)
    hardware = stampFlags & clinux_sof_raw_hardware != 0 ? options.hardware : HardwareInterfaceSet()
  }

  /// The closed socket becomes one that was opened as `options` say, in the memory that it has: as many packets as before may wait for their
  /// stamp. Nothing is allocated.
  package func take(_ opened: Opened, _ options: UDPSocketOptions) {
    close()
    descriptor = opened.descriptor
    local = opened.local
    peer = options.peer
    stampFlags = opened.stampFlags
    stampsReception = opened.stampsReception
    stampsTransmission = opened.stampsTransmission
    ledger.forgetAll()
    hardware = stampFlags & clinux_sof_raw_hardware != 0 ? options.hardware : HardwareInterfaceSet()
    counters = Counters()
    isOpen = true
  }

  deinit { close() }

  /// Has the loop that it will be added to spin so long, and each call that waits ask the card's queue, where its driver can
  /// (SO_BUSY_POLL). Until it is closed. The loop spins whatever the kernel says.
  /// - Returns: 0 or the errno; EPERM: an older kernel, more than net.core.busy_read, no CAP_NET_ADMIN.
  package func pollBusily(microseconds: UInt32) -> Int32 {
    guard isOpen, profile == .full else { return 0 }
    busyPoll = Int64(microseconds) * 1000
    return 0 &- clinux_udp_busy_poll(descriptor, Int32(clamping: microseconds))
  }

  /// Called by the loop that it is added to.
  func attach(to ring: UringLoop, slot: Int) {
    self.ring = ring
    ringSlot = slot
  }

  /// Called by the loop that it is removed from.
  func detachFromRing() { ring = nil }

  /// TX stamps come without their packet and with its number: a ring's command may fetch them.
  var hasBareStamps: Bool {
    profile == .full && stampFlags & clinux_sof_opt_tsonly != 0 && stampFlags & clinux_sof_opt_id != 0
  }

  /// Closes it now; using it afterwards does nothing.
  package func close() {
    guard isOpen else { return }
    ring?.remove(self)
    isOpen = false
    busyPoll = 0
    _ = clinux_close(descriptor)
  }

  /// Receives what is there into `buffer`, up to its slots (in the minimal profile one); 0 = nothing now.
  /// An error that ICMP left on the socket is thrown once (ECONNREFUSED ...); then receiving goes on.
  package func receive(into buffer: PacketBuffer) throws(KernelError) -> Int {
    guard isOpen else { return 0 }
    if let ring, ring.receives(ringSlot) { return try receive(through: ring, into: buffer) }
    // The batch has `slots` slots, and the fence bounds the count by that.
    let count = unsafe clinux_batch_receive(
      buffer.batch, descriptor, UInt32(buffer.slots), profile == .minimal ? 1 : 0)
    guard count >= 0 else {
      counters.networkErrors &+= 1
      throw KernelError("receive from the UDP socket", errno: -count)
    }
    return note(Int(count), buffer)
  }

  private func receive(through ring: UringLoop, into buffer: PacketBuffer) throws(KernelError) -> Int {
    let count = ring.receive(ringSlot, into: buffer)
    if count == 0 {
      let error = ring.takeError(ringSlot)
      if error != 0 {
        counters.networkErrors &+= 1
        throw KernelError("receive from the UDP socket", errno: error)
      }
    }
    return note(count, buffer)
  }

  /// A moment at which nothing waited here, so that what comes now is not older: `begin`, if the call that began then brought
  /// `count` datagrams and that was all; nil = not known.
  package func emptyAt(_ begin: RawInstant, _ count: Int, of slots: Int) -> RawInstant? {
    if let ring, ring.receives(ringSlot) { return ring.emptyAt(ringSlot) }
    return count < slots ? begin : nil
  }

  private func note(_ count: Int, _ buffer: PacketBuffer) -> Int {
    var all: UInt32 = 0
    var least = CLINUX_DATAGRAM_SOFTWARE
    for index in 0..<count {
      // Sound: the buffer's own slot, read in place.
      let flags = unsafe buffer.slot(index).pointee.flags
      all |= flags
      least &= flags
    }
    counters.received &+= UInt64(count)
    let faults =
      CLINUX_DATAGRAM_TRUNCATED | CLINUX_DATAGRAM_CONTROL_TRUNCATED | CLINUX_DATAGRAM_MALFORMED
    if all & faults != 0 || least == 0 { for index in 0..<count { note(flags: buffer[index].flags) } }
    return count
  }

  private func note(flags: UInt32) {
    if flags & CLINUX_DATAGRAM_TRUNCATED != 0 { counters.truncated &+= 1 }
    if flags & CLINUX_DATAGRAM_CONTROL_TRUNCATED != 0 { counters.controlTruncated &+= 1 }
    if flags & CLINUX_DATAGRAM_MALFORMED != 0 { counters.malformedControl &+= 1 }
    if stampsReception && flags & CLINUX_DATAGRAM_SOFTWARE == 0 { counters.withoutStamp &+= 1 }
  }

  /// Sends the slots below `count` that have a `send_length`; returns how many left. A slot's `error` says why it did not.
  /// Slots that want a stamp are reported by `nextReport` with their token.
  package func send(_ buffer: PacketBuffer, count: Int) -> Int {
    guard isOpen else { return 0 }
    let count = min(max(count, 0), buffer.slots)
    let now = stampsTransmission ? clinux_clock_now(CLINUX_CLOCK_MONOTONIC_RAW) : 0
    if stampsTransmission, !hardware.isEmpty {
      for index in 0..<count where buffer[index].flags & CLINUX_DATAGRAM_WANT_STAMP != 0 {
        buffer[index].flags |= CLINUX_DATAGRAM_WANT_HARDWARE
      }
    }
    let sent = sendBatch(buffer, count)
    counters.sent &+= UInt64(max(sent, 0))
    if !stampsTransmission, sent == count { return sent }
    var attempted = 0
    var failedWithStamp = false
    for index in 0..<count {
      // Sound: the buffer's own slot, read in place.
      let (length, flags, error) = unsafe (
        buffer.slot(index).pointee.send_length, buffer.slot(index).pointee.flags, buffer.slot(index).pointee.error
      )
      guard length > 0 else { continue }
      attempted += 1
      // In the minimal profile the socket asks for every packet's stamp, wanted or not, so every one is in the ledger.
      let asks = stampsTransmission && (profile == .minimal || flags & CLINUX_DATAGRAM_WANT_STAMP != 0)
      guard asks else { continue }
      if error != 0 {
        failedWithStamp = true
        continue
      }
      let hash =
        profile == .minimal
        ? unsafe TransmitLedger.hash(UnsafeRawBufferPointer(rebasing: buffer.bytes(index)[..<Int(length)]))
        : 0
      let token = unsafe buffer.slot(index).pointee.token
      ledger.sent(token: token, length: length, hash: hash, rawNanoseconds: now)
    }
    counters.sendFailures &+= UInt64(max(attempted - sent, 0))
    if failedWithStamp { restartStampNumbers() }
    return max(sent, 0)
  }

  private func sendBatch(_ buffer: PacketBuffer, _ count: Int) -> Int {
    // The fence bounds the count by the batch's slots.
    return unsafe Int(clinux_batch_send(buffer.batch, descriptor, UInt32(count), profile == .minimal ? 1 : 0))
  }

  /// Older kernels count a packet that failed, newer ones do not: start again at 0 rather than guess. What waits for a stamp will
  /// not get one: `nextOverdue` says so.
  private func restartStampNumbers() {
    guard profile == .full else { return }
    _ = clinux_udp_timestamping(descriptor, stampFlags & ~clinux_sof_opt_id)
    _ = clinux_udp_timestamping(descriptor, stampFlags)
    ledger.restartNumbers()
    // Stamps that wait in the error queue carry old numbers: the packets to come must not get them.
    ring?.look()
    for _ in 0..<ledger.capacity where nextReport() == nil { break }
  }
}
