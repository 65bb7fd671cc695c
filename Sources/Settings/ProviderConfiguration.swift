// SPDX-License-Identifier: Apache-2.0

/// A table `[provider.NAME]` together with the `[[source]]` tables that name it.
package struct ProviderConfiguration: Sendable, Equatable {
  package enum Placement: String, Sendable, CaseIterable {
    /// Loaded into the daemon: lowest latency.
    case inProcess = "in-process"
    /// A child process: a crash costs its sources, never the clock.
    case process
  }

  package var name: String
  /// A name, found as lib<module>.so in the plugin directory, or, with a slash in it, a path.
  package var module: String
  /// Where nothing is written: the daemon's own process for what comes with it, a child for everybody else's.
  package var placement: Placement
  package var enabled = true
  /// Everything else of the table, and its sources as "source[N].key", in the file's order.
  package var values: [SettingValue] = []
  /// The arrays and tables of it that have nothing in them; no provider sees them.
  package var emptyValues: [EmptyValue] = []
  /// Where the table, or the first source that names the provider, begins; 0 = nowhere.
  package var line: UInt32 = 0
  package var column: UInt32 = 0
  /// Where each of its `[[source]]` tables begins.
  package var sourcePlaces: [TextPlace] = []
  /// The number of each among all `[[source]]` of the file.
  package var sourceNumbers: [Int] = []

  /// Who names it: its table, or the first source where it has none.
  package var key: String {
    guard let place = sourcePlaces.first, place == TextPlace(line: line, column: column),
      let number = sourceNumbers.first
    else { return "provider.\(name)" }
    return "source[\(number)].provider"
  }

  package init(name: String) {
    self.name = name
    module = "tompion-\(name)"
    placement = Self.usualPlacement(of: module)
  }

  /// Modules that come with the daemon, found in its plugin directory.
  package static let own: Set<String> = [
    "tompion-ntp-client", "tompion-ntp-server", "tompion-ntp-symmetric", "tompion-ms-sntp",
    "tompion-pps", "tompion-phc", "tompion-gnss", "tompion-local", "tompion-manual", "tompion-rtc",
  ]

  /// For whoever misspelt a name: the providers that come with the daemon. "" = it is one of them, or has a module of its own.
  package var knownProviders: String {
    guard module == "tompion-\(name)", !Self.own.contains(module) else { return "" }
    let names = Self.own.map { String($0.dropFirst("tompion-".utf8.count)) }.sorted()
    let near = Suggestion.nearest(to: name, among: names).map { "did you mean \"\($0)\"? " } ?? ""
    return
      "\(near)those that come with Tompion are \(names.joined(separator: ", ")); another one needs its file there, or module"
  }

  /// Whether that is its module, by name or by path.
  package func isModule(_ name: String) -> Bool { module == name || module.hasSuffix("/lib\(name).so") }

  package static func usualPlacement(of module: String) -> Placement { own.contains(module) ? .inProcess : .process }

  /// The file to load: the module itself where it has a slash, else lib<module>.so in `directory`.
  package func modulePath(in directory: String) -> String {
    if module.utf8.contains(UInt8(ascii: "/")) { return module }
    return directory.hasSuffix("/") ? "\(directory)lib\(module).so" : "\(directory)/lib\(module).so"
  }

  /// What is wrong with its values by its provider's schema; see `SettingSchema.validate`.
  package func validate(schema: [SettingSchema], file: String) -> [Diagnostic] {
    SettingSchema.validate(
      provider: name, values: values, empty: emptyValues, schema: schema, file: file,
      place: TextPlace(line: line, column: column), sourcePlaces: sourcePlaces, sourceNumbers: sourceNumbers)
  }
}
