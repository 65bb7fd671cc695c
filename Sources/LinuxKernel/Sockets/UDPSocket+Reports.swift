// SPDX-License-Identifier: Apache-2.0

import CLinux
package import TimeTypes

/// What the error queue brings: TX stamps, matched to their packets, and ICMP errors. [capture]
extension UDPSocket {
  /// Takes one message off the error queue; nil = it is empty. Call until nil after `errorQueue` readiness.
  package func nextReport() -> TransmitReport? {
    guard isOpen else { return nil }
    var message: clinux_datagram_t
    repeat {
      guard let next = nextMessage() else { return nil }
      message = next
      if message.flags & CLINUX_DATAGRAM_CONTROL_TRUNCATED != 0 { counters.controlTruncated &+= 1 }
      if message.flags & CLINUX_DATAGRAM_MALFORMED != 0 { counters.malformedControl &+= 1 }
      if message.flags & CLINUX_DATAGRAM_ERROR != 0 {
        counters.networkErrors &+= 1
        return .failed(errno: message.error, peer: SocketAddress(message.peer))
      }
    } while isHeldBack(message)
    guard message.flags & (CLINUX_DATAGRAM_SOFTWARE | CLINUX_DATAGRAM_HARDWARE) != 0, let entry = match(message) else {
      counters.unmatchedStamps &+= 1
      return .unmatched
    }
    counters.transmitStamps &+= 1
    return .departed(
      token: entry.token,
      realtimeNanoseconds: message.flags & CLINUX_DATAGRAM_SOFTWARE != 0
        ? message.software_ns : entry.softwareNanoseconds,
      hardwareNanoseconds: message.flags & CLINUX_DATAGRAM_HARDWARE != 0 ? message.hardware_ns : nil,
      sentRawNanoseconds: entry.sentRawNanoseconds, interface: message.interface_index)
  }

  /// With OPT_TX_SWHW the card's stamp comes in a message of its own after the kernel's: that one is kept until then, or until
  /// `nextOverdue` gives the card up.
  private func isHeldBack(_ message: clinux_datagram_t) -> Bool {
    let kinds = message.flags & (CLINUX_DATAGRAM_SOFTWARE | CLINUX_DATAGRAM_HARDWARE)
    guard kinds == CLINUX_DATAGRAM_SOFTWARE, message.flags & CLINUX_DATAGRAM_STAMP_ID != 0,
      hardware.contains(message.interface_index)
    else { return false }
    return ledger.hold(
      id: message.transmit_id, softwareNanoseconds: message.software_ns, interface: message.interface_index)
  }

  /// What the ring fetched, or what is in the error queue.
  private func nextMessage() -> clinux_datagram_t? {
    if let ring {
      if let stamp = ring.nextStamp(ringSlot) {
        var message = clinux_datagram_t()
        message.transmit_id = stamp.id
        message.flags =
          CLINUX_DATAGRAM_STAMP_ID | (stamp.isHardware ? CLINUX_DATAGRAM_HARDWARE : CLINUX_DATAGRAM_SOFTWARE)
        if stamp.isHardware { message.hardware_ns = stamp.nanoseconds } else { message.software_ns = stamp.nanoseconds }
        return message
      }
      guard ring.takeErrorQueue(ringSlot) else { return nil }
    }
    // One slot of 2048 bytes that only this thread uses; the fence bounds length by its capacity.
    guard unsafe clinux_error_receive(errorSlot.batch, descriptor) > 0 else {
      ring?.errorQueueIsEmpty(ringSlot)
      return nil
    }
    let message = errorSlot[0]
    // What the reception was told of it before has been told by this.
    if message.flags & CLINUX_DATAGRAM_ERROR != 0 { _ = ring?.takeError(ringSlot) }
    return message
  }

  private func match(_ message: clinux_datagram_t) -> TransmitLedger.Entry? {
    if profile == .full {
      return message.flags & CLINUX_DATAGRAM_STAMP_ID != 0 ? ledger.take(id: message.transmit_id) : ledger.takeOldest()
    }
    // Minimal surroundings may give no number, or always 0: the packet itself is the better witness.
    if message.length > 0 {
      return unsafe ledger.take(payload: UnsafeRawBufferPointer(rebasing: errorSlot.bytes(0)[..<Int(message.length)]))
    }
    return message.flags & CLINUX_DATAGRAM_STAMP_ID != 0 ? ledger.take(id: message.transmit_id) : ledger.takeOldest()
  }

  /// A packet sent before `limit` whose stamp never came, one sent before `heldBefore` whose card did not tell what the kernel did, or any
  /// whose stamp cannot be told any more after a failed send: once each; nil = none.
  package func nextOverdue(before limit: RawInstant, heldBefore: RawInstant = RawInstant(nanoseconds: .min))
    -> OverdueStamp?
  {
    ledger.takeOverdue(before: limit.nanoseconds, heldBefore: heldBefore.nanoseconds).map {
      OverdueStamp(
        token: $0.token, sentRawNanoseconds: $0.sentRawNanoseconds, realtimeNanoseconds: $0.softwareNanoseconds,
        interface: $0.interface)
    }
  }

  /// Packets that wait for their stamp.
  package var pendingStamps: Int { ledger.pendingCount }

  /// The error that the network left on the socket, cleared by reading; nil = none.
  package func takeError() -> KernelError? {
    let heard = ring?.takeError(ringSlot) ?? 0
    let error = heard != 0 ? heard : clinux_socket_error(descriptor)
    return error > 0 ? KernelError("use the UDP socket", errno: error) : nil
  }
}
