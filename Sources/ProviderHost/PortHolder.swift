// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Finds who holds a UDP port, as far as /proc tells: the socket's inode from /proc/net/udp, then the process with it.
enum PortHolder {
  /// "chronyd, pid 812"; nil = nobody, or somebody else's process that may not be looked into.
  static func find(port: UInt16) -> String? {
    for file in ["/proc/net/udp", "/proc/net/udp6"] {
      for line in read(file).split(separator: "\n").dropFirst() {
        // proc(5): sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
        let fields = line.split(separator: " ")
        guard fields.count > 9, let number = fields[1].split(separator: ":").last, UInt16(number, radix: 16) == port,
          let holder = process(inode: fields[9])
        else { continue }
        return holder
      }
    }
    return nil
  }

  private static func process(inode: Substring) -> String? {
    let target = "socket:[\(inode)]"
    for pid in names("/proc") where Int(pid) != nil {
      for descriptor in names("/proc/\(pid)/fd") where link("/proc/\(pid)/fd/\(descriptor)") == target {
        let name = read("/proc/\(pid)/comm").split(separator: "\n").first.map(String.init) ?? "?"
        return "\(name), pid \(pid)"
      }
    }
    return nil
  }

  private static func read(_ path: String) -> String {
    // Sound: buffers are this function's own and their sizes are told.
    let file = unsafe path.withCString { unsafe clinux_open_stream($0) }
    guard file >= 0 else { return "" }
    defer { _ = clinux_close(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8192)
    while content.count < 1 << 20 {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe clinux_read(file, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      content += chunk.prefix(Int(count))
    }
    return String(decoding: content, as: UTF8.self)
  }

  private final class Names { var list: [String] = [] }

  private static func names(_ directory: String) -> [String] {
    let names = Names()
    // Sound: the object outlives the call, and the callback runs only during it.
    _ = unsafe clinux_list_directory(
      directory,
      { context, name in
        guard let context = unsafe context, let name = unsafe CText.string(name) else { return }
        unsafe Unmanaged<Names>.fromOpaque(context).takeUnretainedValue().list.append(name)
      }, Unmanaged.passUnretained(names).toOpaque())
    return names.list
  }

  private static func link(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: 256)
    // Sound: the buffer's size is told; the result ends with a NUL.
    let count = unsafe target.withUnsafeMutableBufferPointer { unsafe clinux_read_link(path, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    return String(decoding: target.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
