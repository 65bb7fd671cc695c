// SPDX-License-Identifier: Apache-2.0

/// Whom this host shares secrets with: its own domain, the forest around it, and domains that the operator says are trusted.
///
/// MS-SNTP proves a server by the password of this host's account, which only domain controllers that know the account have. A server
/// elsewhere cannot sign, so that a source there would never bring time; worse, each request would hand it the account's RID.
package struct Forest: Hashable, Sendable {
  /// In lower case, without a dot at the end.
  private let domains: [String]

  package init(domain: String, forest: String, trusted: [String]) {
    domains = ([domain, forest] + trusted).map(Self.normal).filter { !$0.isEmpty }
  }

  package var isEmpty: Bool { domains.isEmpty }

  /// Why this server cannot be asked by MS-SNTP, and what would be right; nil = it can.
  package func objection(to server: String) -> String? {
    let name = Self.normal(server)
    guard !isEmpty else {
      return
        "MS-SNTP asks domain controllers of this host's own domain, and `domain` does not say which that is: set domain = \"ad.example.net\""
    }
    let isInside = domains.contains { name == $0 || name.hasSuffix("." + $0) }
    guard !isInside else { return nil }
    let places = domains.joined(separator: ", ")
    if Self.looksNumeric(name) {
      return
        "\(server) is an address, which tells nothing of a domain: name the domain controller (one of \(places)), or list the address in `trusted`"
    }
    return
      "\(server) is outside of \(places): only a domain controller that knows this host's account can sign for it. Use auth = \"nts\" or a "
      + "key for that server, or list its domain in `trusted` if this host's account is known there"
  }

  private static func normal(_ name: String) -> String {
    var text = name.lowercased()
    while text.last == "." { text.removeLast() }
    while text.first == "." { text.removeFirst() }
    return text
  }

  private static func looksNumeric(_ name: String) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isDotted = !name.isEmpty && name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || digits.contains($0) }
    return isDotted || name.contains(":")
  }
}
