// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// A secret in the host's locked memory, wiped when this is released. It must not outlive its provider. A class and not a non-copyable
/// value, so that a provider can keep several in an array.
@safe
public final class Secret: @unchecked Sendable {
  private let host: UnsafePointer<tompion_host_t>
  private let release: (@convention(c) (UnsafePointer<tompion_host_t>?, UnsafePointer<UInt8>?) -> Void)?
  private let bytes: UnsafePointer<UInt8>?
  public let count: Int

  init(
    host: UnsafePointer<tompion_host_t>,
    release: (@convention(c) (UnsafePointer<tompion_host_t>?, UnsafePointer<UInt8>?) -> Void)?,
    bytes: UnsafePointer<UInt8>?, count: Int
  ) {
    unsafe self.host = host
    unsafe self.release = release
    unsafe self.bytes = bytes
    unsafe self.count = bytes == nil ? 0 : count
  }

  deinit {
    guard let release = unsafe release, unsafe bytes != nil else { return }
    unsafe release(host, bytes)
  }

  /// The bytes, which are not to be copied without need.
  public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    guard let bytes = unsafe bytes else { return body(Span()) }
    // Sound: `count` bytes that live until release, which is deinit's.
    return unsafe body(Span(_unsafeStart: bytes, count: count))
  }
}
