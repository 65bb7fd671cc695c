// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider

/// source/1: announces time sources and keeps what people see of them up to date.
@safe
public struct SourceAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_source_t>?

  // Every call passes the host table that the extension came from; `info` lives for the call and is copied by the host.

  public var isAvailable: Bool { unsafe table != nil }

  /// Makes a source; nil = the host refused. [control or capture]
  public func add(_ info: SourceInfo) -> UInt32? {
    guard let table = unsafe table, let add = unsafe table.pointee.add else { return nil }
    var source: UInt32 = 0
    var fields = info.fields
    guard unsafe add(host, &fields, &source) == TOMPION_OK else { return nil }
    return source
  }

  /// Replaces what is known of a source; cheap enough for each poll. [control or capture]
  public func update(_ source: UInt32, _ info: SourceInfo) {
    guard let table = unsafe table, let update = unsafe table.pointee.update else { return }
    unsafe withUnsafePointer(to: info.fields) { _ = unsafe update(host, source, $0) }
  }

  /// The source is gone: its samples are dropped. [control or capture]
  public func remove(_ source: UInt32) {
    guard let table = unsafe table, let remove = unsafe table.pointee.remove else { return }
    _ = unsafe remove(host, source)
  }
}

/// What people see of a source (`tompion_source_info_t`), with its texts.
public struct SourceInfo: Sendable, BitwiseCopyable {
  /// The numbers, as source.h names them. `size` is set.
  public var fields: tompion_source_info_t

  public init() {
    fields = tompion_source_info_t()
    fields.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
  }

  // The three texts: sound because the bytes written and read are those of the tuple itself, bounded by its size.

  /// As configured; cut at 127 bytes.
  public var name: String {
    get { unsafe withUnsafeBytes(of: fields.name) { unsafe Self.text($0) } }
    set { unsafe withUnsafeMutableBytes(of: &fields.name) { unsafe Self.store(newValue, in: $0) } }
  }

  /// As used now, "" = none yet; cut at 63 bytes.
  public var address: String {
    get { unsafe withUnsafeBytes(of: fields.address) { unsafe Self.text($0) } }
    set { unsafe withUnsafeMutableBytes(of: &fields.address) { unsafe Self.store(newValue, in: $0) } }
  }

  /// One line, "" = none; cut at 127 bytes.
  public var lastError: String {
    get { unsafe withUnsafeBytes(of: fields.last_error) { unsafe Self.text($0) } }
    set { unsafe withUnsafeMutableBytes(of: &fields.last_error) { unsafe Self.store(newValue, in: $0) } }
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Copies whole characters while they fit, and zeros after them.
  private static func store(_ text: String, in bytes: UnsafeMutableRawBufferPointer) {
    var count = 0
    for scalar in text.unicodeScalars {
      let encoded = UTF8.encode(scalar)
      guard let encoded, count + encoded.count < bytes.count, scalar != "\0" else { break }
      for byte in encoded {
        unsafe bytes[count] = byte
        count += 1
      }
    }
    for index in count..<bytes.count { unsafe bytes[index] = 0 }
  }
}
