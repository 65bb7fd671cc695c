// SPDX-License-Identifier: Apache-2.0

extension Configuration {
  /// `profile = "minimal"` has none of the system calls that keep keys out of other hands, so it reads no key file: what was to be proved there
  /// would never be. For that profile alone.
  func keysInMinimalProfile() -> [Diagnostic] {
    let reason = "profile \"minimal\" reads no keys"
    return providers.filter(\.enabled).flatMap { provider -> [Diagnostic] in
      if isAuthenticator(provider) {
        return [
          Diagnostic(
            file: file, line: provider.line, column: provider.column, key: provider.key, problem: reason,
            advice: "remove the table, or write profile = \"full\"")
        ]
      }
      return provider.values.compactMap { value in
        let advice: String
        switch provider.name {
        case Self.defaultSourceProvider where value.isSourceAuth && value.value != .string("none"):
          advice = "write \"none\" or leave it out, or write profile = \"full\""
        case _
        where provider.isModule("tompion-ntp-server")
          && (value.path == "authenticate" || value.path.hasPrefix("authenticate[")):
          advice = "leave it out, or write profile = \"full\""
        default: return nil
        }
        return Diagnostic(
          file: file, line: value.line, column: value.column, key: value.key, value: value.written,
          problem: "\(reason), so that nothing can be proved", advice: advice)
      }
    }
  }
}

extension SettingValue {
  /// "source[N].auth".
  var isSourceAuth: Bool { path.hasPrefix("source[") && path.hasSuffix("].auth") }
}
