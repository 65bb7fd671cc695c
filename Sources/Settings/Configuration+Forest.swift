// SPDX-License-Identifier: Apache-2.0

import Addresses

extension Configuration {
  /// Sources with `auth = "ms-sntp"` whose server is none of this host's own domains: it could never sign. Where no provider of the scheme
  /// is enabled, `schemeWarnings` says that.
  func sourcesOutsideOfTheForest() -> [Diagnostic] {
    guard let provider = provider(of: "ms-sntp"), provider.enabled,
      let client = providers.first(where: { $0.name == Self.defaultSourceProvider && $0.enabled })
    else { return [] }
    let forest = Self.forest(of: provider)
    return client.values.compactMap { value in
      guard value.isSourceAddress, case .string(let server) = value.value,
        let auth = client.values.first(where: { $0.path == "\(value.path.dropLast("address".utf8.count))auth" }),
        auth.value == .string("ms-sntp"), let objection = forest.objection(to: server)
      else { return nil }
      return Diagnostic(
        file: file, line: value.line, column: value.column, key: value.key, value: value.written,
        problem: "it has auth = \"ms-sntp\", and \(objection)")
    }
  }

  /// By the provider's `domain`, `forest` and `trusted`; values of other kinds are for the provider to refuse.
  private static func forest(of provider: ProviderConfiguration) -> Forest {
    func texts(_ name: String) -> [String] {
      provider.values.compactMap { value in
        guard value.path == name || value.path.hasPrefix("\(name)["), case .string(let text) = value.value else {
          return nil
        }
        return text
      }
    }
    return Forest(
      domain: texts("domain").last ?? "", forest: texts("forest").last ?? "", trusted: texts("trusted"))
  }
}
