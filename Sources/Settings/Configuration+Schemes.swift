// SPDX-License-Identifier: Apache-2.0

extension Configuration {
  /// What sources and the server want proved, and nothing in this file can prove: a source sends nothing then, a client of the server
  /// gets no signed reply. One for each scheme and who wants it, at the first place that names it.
  package var schemeWarnings: [Diagnostic] {
    wantedSchemes.compactMap { want in objection(to: want.scheme, of: want.user).map { want.diagnostic(file, $0) } }
  }

  /// What is wanted and is not among `offered`, which the providers of this file offer once they are loaded.
  package func unofferedSchemes(offered: [String]) -> [Diagnostic] {
    let list = offered.map { "\"\($0)\"" }.joined(separator: ", ")
    let all = offered.isEmpty ? "none is offered here" : "offered \(offered.count == 1 ? "is" : "are") \(list)"
    return wantedSchemes.compactMap { want in
      if let (problem, advice) = objection(to: want.scheme, of: want.user) {
        return want.diagnostic(file, ("\(problem); \(all)", advice))
      }
      guard !offered.contains(want.scheme) else { return nil }
      return want.diagnostic(
        file,
        (
          "no provider of this file offers \"\(want.scheme)\"; \(all)",
          "use \(Self.otherMethods(than: want.user))\(Self.meant(want.scheme, offered))"
        ))
    }
  }

  /// A scheme that a provider wants proved by, and the places that name it.
  private struct Want {
    var user: ProviderConfiguration
    var scheme: String
    var first: SettingValue
    /// Places beyond the first.
    var more = 0

    func diagnostic(_ file: String, _ objection: (problem: String, advice: String)) -> Diagnostic {
      Diagnostic(
        file: file, line: first.line, column: first.column, key: first.key, value: first.written,
        problem: objection.problem + (more > 0 ? " (so it is for \(more) more)" : ""), advice: objection.advice)
    }
  }

  private var wantedSchemes: [Want] {
    var wanted: [Want] = []
    for user in providers where user.enabled && [Self.defaultSourceProvider, "ntp-server"].contains(user.name) {
      for value in user.values {
        guard let scheme = Self.scheme(wantedBy: user, value) else { continue }
        if let index = wanted.firstIndex(where: { $0.user.name == user.name && $0.scheme == scheme }) {
          wanted[index].more += 1
        } else {
          wanted.append(Want(user: user, scheme: scheme, first: value))
        }
      }
    }
    return wanted
  }

  /// The provider of this file that comes with the daemon and offers the scheme; one that is enabled, if there is any.
  package func provider(of scheme: String) -> ProviderConfiguration? {
    offering(scheme).first(where: \.enabled) ?? offering(scheme).first
  }

  private static func scheme(wantedBy user: ProviderConfiguration, _ value: SettingValue) -> String? {
    guard case .string(let text) = value.value else { return nil }
    if user.isModule("tompion-ntp-server") {
      return value.path == "authenticate" || value.path.hasPrefix("authenticate[") ? text : nil
    }
    guard value.isSourceAuth else { return nil }
    if text.hasPrefix("key:") { return "symmetric" }
    // What is no method at all is for the provider to say.
    return ["ms-sntp", "nts"].contains(text) ? text : nil
  }

  /// The provider of the scheme, by its usual name or by its module.
  private func offering(_ scheme: String) -> [ProviderConfiguration] {
    guard let name = Self.authenticators[scheme] else { return [] }
    return providers.filter { $0.name == name || $0.module == "tompion-\(name)" }
  }

  /// It comes with the daemon and proves packets for others.
  func isAuthenticator(_ provider: ProviderConfiguration) -> Bool {
    Self.authenticators.values.contains { provider.name == $0 || provider.module == "tompion-\($0)" }
  }

  /// What comes with the daemon.
  private static let authenticators = ["symmetric": "ntp-symmetric", "ms-sntp": "ms-sntp"]

  private func objection(to scheme: String, of user: ProviderConfiguration) -> (problem: String, advice: String)? {
    let inProcess = "write placement = \"in-process\" in"
    if user.placement == .process {
      return (
        "\(user.name) runs in a process of its own, where nothing can be proved", "\(inProcess) [provider.\(user.name)]"
      )
    }
    let candidates = offering(scheme)
    if let found = candidates.first(where: \.enabled) {
      guard found.placement == .process, !candidates.contains(where: { $0.enabled && $0.placement == .inProcess })
      else { return nil }
      return (
        "\(found.name) offers \"\(scheme)\", but runs in a process of its own, out of reach of \(user.name)",
        "\(inProcess) [provider.\(found.name)]"
      )
    }
    if let disabled = candidates.first {
      return (
        "\(disabled.name), which offers \"\(scheme)\", is not enabled",
        "write enabled = true in [provider.\(disabled.name)]"
      )
    }
    // Somebody else's provider in the daemon's own process may offer any scheme: nobody knows before it is loaded.
    let ours = Set(Self.authenticators.values.map { "tompion-\($0)" }).union(ProviderConfiguration.own)
    if providers.contains(where: { $0.enabled && $0.placement == .inProcess && !ours.contains($0.module) }) {
      return nil
    }
    guard let name = Self.authenticators[scheme] else {
      return (
        "no provider that offers \"\(scheme)\" comes with Tompion",
        "use \(Self.otherMethods(than: user))\(Self.meant(scheme, Self.authenticators.keys.sorted()))"
      )
    }
    let example =
      name == "ntp-symmetric" ? "key_files = [\"/etc/tompion.keys\"]" : "domain = \"ad.example.net\" (Docs/ms-sntp.md)"
    return ("there is no provider that offers \"\(scheme)\"", "write [provider.\(name)] with \(example)")
  }

  /// "; did you mean …?", where it looks like one of those.
  private static func meant(_ scheme: String, _ offered: [String]) -> String {
    Suggestion.nearest(to: scheme, among: offered).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  private static func otherMethods(than user: ProviderConfiguration) -> String {
    user.isModule("tompion-ntp-server")
      ? "\"symmetric\" or \"ms-sntp\"" : "auth = \"key:N\", or \"none\" if it may prove nothing"
  }
}
