// SPDX-License-Identifier: Apache-2.0

import Report
import Settings

/// A server that is to be looked at, and what is known of it.
struct DiagnosedSource: Equatable {
  var place: ServerPlace
  /// "none", "key:7", "ms-sntp", "nts"; nil = nobody says.
  var auth: String?
  /// What tompiond says of it; nil = it is none of its sources.
  var running: SourceReport?

  /// The sources of the NTP client in the configuration, then those that run and are not in it.
  static func all(_ configuration: Configuration?, _ running: [SourceReport]) -> [DiagnosedSource] {
    var sources = configuration.map(configured) ?? []
    for report in running where report.provider == "ntp-client" && !report.referenceClock {
      let address = ServerPlace(report.address)
      let place = ServerPlace(host: report.name, port: address?.port ?? 123)
      if let index = sources.firstIndex(where: {
        $0.place.host.lowercased() == place.host.lowercased() && (address == nil || $0.place.port == place.port)
      }) {
        sources[index].running = sources[index].running ?? report
      } else {
        sources.append(DiagnosedSource(place: place, running: report))
      }
    }
    return sources
  }

  private static func configured(_ configuration: Configuration) -> [DiagnosedSource] {
    guard let client = configuration.providers.first(where: { $0.name == Configuration.defaultSourceProvider }) else {
      return []
    }
    var sources: [String: DiagnosedSource] = [:]
    var order: [String] = []
    for value in client.values where value.path.hasPrefix("source[") {
      guard let dot = value.path.lastIndex(of: ".") else { continue }
      let (element, key) = (String(value.path[..<dot]), value.path[dot...])
      var source = sources[element] ?? DiagnosedSource(place: ServerPlace(host: "", port: 123))
      if sources[element] == nil { order.append(element) }
      switch (key, value.value) {
      case (".address", .string(let text)): source.place.host = ServerPlace(text)?.host ?? text
      case (".port", .integer(let port)): source.place.port = UInt16(clamping: port)
      case (".auth", .string(let auth)): source.auth = auth
      default: break
      }
      sources[element] = source
    }
    return order.compactMap { sources[$0] }.filter { !$0.place.host.isEmpty }
  }

  /// Those of `running` that no server is behind: their daemon alone can tell of them.
  static func clocks(_ running: [SourceReport]) -> [SourceReport] {
    running.filter { $0.provider != "ntp-client" || $0.referenceClock }
  }

  /// What somebody calls `word`: clocks first, then servers of the list, then any server. Neither = nobody is called so.
  static func named(
    _ word: String, _ servers: [DiagnosedSource], _ running: [SourceReport]
  ) -> (servers: [DiagnosedSource], clocks: [SourceReport]) {
    let clocks = clocks(running).filter {
      $0.name.lowercased() == word.lowercased() || $0.address.lowercased() == word.lowercased()
    }
    let known = servers.filter { $0.matches(word) }
    guard clocks.isEmpty, known.isEmpty else { return (known, clocks) }
    return (ServerPlace(word).map { [DiagnosedSource(place: $0)] } ?? [], [])
  }

  /// Whether that is what somebody calls it.
  func matches(_ word: String) -> Bool {
    let word = word.lowercased()
    return place.host.lowercased() == word || place.text.lowercased() == word || running?.address.lowercased() == word
      || ServerPlace(running?.address ?? "")?.host == word
  }

  /// N of "key:N".
  var key: UInt32? { auth.flatMap { $0.hasPrefix("key:") ? UInt32($0.dropFirst(4)) : nil } }
}
