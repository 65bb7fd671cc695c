// SPDX-License-Identifier: Apache-2.0

import Addresses

extension Configuration {
  /// The module whose `listen` is known here; others say themselves what is wrong with theirs.
  private static let server = "tompion-ntp-server"

  /// Two places of the server's `listen` of which the kernel would give us one only, and which would look as if another program had the
  /// port. What is no place at all is for the provider to say.
  func overlappingListens() -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    for provider in providers where provider.isModule(Self.server) && provider.enabled {
      var known: [(place: ListenPlace, value: SettingValue)] = []
      for value in provider.values where value.path == "listen" || value.path.hasPrefix("listen[") {
        guard case .string(let text) = value.value, let place = ListenPlace(text, defaultPort: 123) else { continue }
        if let other = known.first(where: { $0.place.overlaps(place) }) {
          wrong.append(
            Diagnostic(
              file: file, line: value.line, column: value.column, key: value.key, value: value.written,
              problem: "it overlaps \(other.value.key) = \(other.value.written) in line \(other.value.line)",
              advice: Self.advice(place, other.place)))
        } else {
          known.append((place, value))
        }
      }
    }
    return wrong
  }

  private static func advice(_ place: ListenPlace, _ other: ListenPlace) -> String {
    if place == other { return "remove one of the two" }
    return
      "one of them takes port \(place.port) of every address of the other: remove one, or name an interface or a port of its own for each"
  }
}
