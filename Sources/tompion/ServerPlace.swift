// SPDX-License-Identifier: Apache-2.0

import Addresses

/// A server as it is written: a name or address, and a port.
struct ServerPlace: Equatable {
  var host: String
  var port: UInt16

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// "ntp.example.net", "ntp.example.net:1123", "192.0.2.1", "2001:db8::1", "[2001:db8::1]:1123"; nil = none of these.
  init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= 300 else { return nil }
    if NumericAddress.accepts(text) {
      host = text.hasPrefix("[") ? String(text.dropFirst().dropLast()) : text
      port = 123
      return
    }
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      let rest = text[text.index(after: end)...]
      guard rest.hasPrefix(":"), let number = DecimalText.number(rest.dropFirst(), limit: 65535), number > 0,
        NumericAddress.accepts(String(text[...end]))
      else { return nil }
      (host, port) = (String(text[..<end].dropFirst()), UInt16(number))
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let name = parts.first, !name.isEmpty,
      name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f })
    else { return nil }
    (host, port) = (String(name), 123)
    guard parts.count == 2 else { return }
    guard let number = DecimalText.number(parts[1], limit: 65535), number > 0 else { return nil }
    port = UInt16(number)
  }

  /// As it is written, without the usual port.
  var text: String {
    if port == 123 { return host }
    return host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  var isLoopback: Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    return NumericAddress(host).map { $0.family == .ipv4 && $0.high >> 56 == 127 } ?? false
  }
}
