// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import TimeTypes

/// What a backend brings of devices, streams and secrets. [capture] Only while started; else it is dropped and nothing happens.
extension ProviderInstance {
  // Sound throughout: the provider and its tables live until close, and buffers are borrowed for the call.

  /// Bytes of a serial line, or a segment of memory. nil = no clock tells when.
  package func deviceReceived(_ device: UInt32, _ bytes: UnsafeRawBufferPointer, stamp: Stamp?) {
    guard let provider = unsafe running, let received = unsafe deviceReceiver?.pointee.received,
      let base = bytes.baseAddress
    else { return }
    var first = stamp.map { tompion_stamp_t($0) } ?? tompion_stamp_t()
    inside {
      unsafe received(provider, device, base.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count), &first)
    }
  }

  /// Edges and readings, oldest first.
  package func deviceMarked(_ marks: UnsafeBufferPointer<tompion_device_mark_t>) {
    guard let provider = unsafe running, let marked = unsafe deviceReceiver?.pointee.marked,
      let base = marks.baseAddress
    else { return }
    inside { unsafe marked(provider, base, UInt32(marks.count)) }
  }

  /// A device is gone, or back.
  package func deviceChanged(_ device: UInt32, status: tompion_status) {
    guard let provider = unsafe running, let changed = unsafe deviceReceiver?.pointee.changed else { return }
    inside { unsafe changed(provider, device, status) }
  }

  /// A stream is connected, or listens, or will never.
  package func streamOpened(_ stream: UInt32, status: tompion_status) {
    guard let provider = unsafe running, let opened = unsafe streamReceiver?.pointee.opened else { return }
    inside { unsafe opened(provider, stream, status) }
  }

  /// A listener has a new stream.
  func streamAccepted(_ listener: UInt32, _ stream: UInt32, _ peer: tompion_address_t) {
    guard let provider = unsafe running, let accepted = unsafe streamReceiver?.pointee.accepted else { return }
    var peer = peer
    inside { unsafe accepted(provider, listener, stream, &peer) }
  }

  /// Bytes or a datagram; none = the other side has ended.
  package func streamReceived(_ stream: UInt32, _ bytes: UnsafeRawBufferPointer) {
    guard let provider = unsafe running, let received = unsafe streamReceiver?.pointee.received,
      let base = bytes.baseAddress
    else { return }
    inside { unsafe received(provider, stream, base.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count)) }
  }

  /// There is room again.
  func streamWritable(_ stream: UInt32) {
    guard let provider = unsafe running, let writable = unsafe streamReceiver?.pointee.writable else { return }
    inside { unsafe writable(provider, stream) }
  }

  /// A stream broke.
  package func streamFailed(_ stream: UInt32, status: tompion_status) {
    guard let provider = unsafe running, let failed = unsafe streamReceiver?.pointee.failed else { return }
    inside { unsafe failed(provider, stream, status) }
  }

  /// The file behind a setting is another one now.
  func secretChanged(_ setting: String) {
    guard let provider = unsafe running, let changed = unsafe secretsReceiver?.pointee.changed else { return }
    inside { unsafe changed(provider, setting) }
  }
}
