// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import TimeTypes

/// What a backend brings to the provider. [capture] Only while started; else it is dropped and nothing happens.
extension ProviderInstance {
  /// A batch arrived on a socket. Afterwards each packet's `reply_length` says how many of its bytes to send back, in place;
  /// never more than arrived.
  package func receive(
    _ packets: UnsafeMutableBufferPointer<tompion_packet_t>, socket: UInt32, worker: Int = 0
  ) {
    // Sound here and below: the provider and its tables live until close, and buffers are borrowed for the call.
    for index in packets.indices { unsafe packets[index].reply_length = 0 }
    guard let provider = unsafe running, let receive = unsafe receiver?.pointee.receive, let base = packets.baseAddress
    else { return }
    let count = packets.count
    inside(worker: worker) { unsafe receive(provider, workerState(worker), socket, base, UInt32(count)) }
    for index in packets.indices
    where unsafe packets[index].reply_length > min(packets[index].length, packets[index].capacity) {
      unsafe packets[index].reply_length = 0
      outbox.counters.count(.badArgument)
    }
  }

  /// Packets that asked for a TX stamp have left.
  package func transmitted(_ stamps: UnsafeBufferPointer<tompion_transmitted_t>, worker: Int = 0) {
    guard let provider = unsafe running, let transmitted = unsafe receiver?.pointee.transmitted,
      let base = stamps.baseAddress
    else { return }
    inside(worker: worker) { unsafe transmitted(provider, base, UInt32(stamps.count)) }
  }

  /// The kernel reported an error for a socket.
  package func failed(socket: UInt32, status: tompion_status, worker: Int = 0) {
    guard let provider = unsafe running, let failed = unsafe receiver?.pointee.failed else { return }
    inside(worker: worker) { unsafe failed(provider, socket, status) }
  }

  /// A timer expired.
  package func expired(timer: UInt32, now: RawInstant) {
    guard let provider = unsafe running, let expired = unsafe timerReceiver?.pointee.expired else { return }
    inside { unsafe expired(provider, timer, now.nanoseconds) }
  }

  /// A lookup ended: TOMPION_OK with addresses, or TOMPION_NOT_FOUND or TOMPION_AGAIN with none and the reason in words.
  package func resolved(
    token: UInt64, status: tompion_status, addresses: UnsafeBufferPointer<tompion_address_t>, text: String = ""
  ) {
    unsafe noteAnswer(token: token, addresses)
    guard let provider = unsafe running, let resolved = unsafe resolveReceiver?.pointee.resolved else { return }
    inside { unsafe resolved(provider, token, status, addresses.baseAddress, UInt32(addresses.count), text) }
  }

  /// The regular call, about once a second, for a provider that asked for it.
  package func poll(now: RawInstant) {
    guard let provider = unsafe running, let poll = unsafe provider.pointee.poll else { return }
    inside { unsafe poll(provider, now.nanoseconds) }
  }
}
