// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import Settings

/// `tompion new-provider`: writes the folder of a new provider from the templates beside this program's installation.
///
/// The templates are a provider called example-clock, plain files that are built and tested as they are; here they get its name.
struct NewProvider: Equatable {
  enum Language: String, CaseIterable {
    case c
    case cxx = "c++"
    case swift
    case rust
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  var name: String
  var language: Language

  /// Lower-case words joined by hyphens: they become part of a file's name, of a setting's table, and of names in three languages.
  init(name: String, language: String?) throws(ArgumentError) {
    let words = name.split(separator: "-", omittingEmptySubsequences: false)
    let isWord = { (word: Substring) in
      !word.isEmpty && word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    }
    guard name.utf8.count <= 40, words.allSatisfy(isWord), (97...122).contains(name.utf8.first ?? 0) else {
      throw ArgumentError(
        "new-provider \(name): a provider's name is lower-case letters and digits in words joined by hyphens, beginning with "
          + "a letter, at most 40 of them: gps-receiver")
    }
    if ProviderConfiguration.own.contains("tompion-\(name)") {
      throw ArgumentError("new-provider \(name): Tompion itself has a provider of that name; choose another")
    }
    let all = Language.allCases.map(\.rawValue)
    guard let language else {
      throw ArgumentError("new-provider needs --language: one of \(all.joined(separator: ", "))")
    }
    guard let known = Language(rawValue: language) else {
      let meant = Suggestion.nearest(to: language, among: all).map { "; did you mean \($0)?" } ?? ""
      throw ArgumentError("--language \(language): there is a template for \(all.joined(separator: ", "))\(meant)")
    }
    self.name = name
    self.language = known
  }

  /// What was written, for programs.
  var json: JSONValue {
    .object([
      JSONMember("provider", .string(name)), JSONMember("language", .string(language.rawValue)),
      JSONMember("folder", .string(name)),
    ])
  }

  /// The folder's files, by path; each token of the templates as it is in this provider.
  func files(from templates: [Folder.File], prefix: String) -> [Folder.File] {
    let words = name.split(separator: "-")
    let tokens = [
      ("example-clock", name), ("example_clock", words.joined(separator: "_")),
      ("ExampleClock", words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()), ("/opt/tompion", prefix),
    ]
    func renamed(_ text: String) -> String {
      tokens.reduce(text) { Self.replacing($1.0, by: $1.1, in: $0) }
    }
    return templates.map {
      Folder.File(renamed($0.path), Array(renamed(String(decoding: $0.bytes, as: UTF8.self)).utf8))
    }
  }

  private static func replacing(_ token: String, by word: String, in text: String) -> String {
    let (token, bytes) = (Array(token.utf8), Array(text.utf8))
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: token) {
        out += word.utf8
        index += token.count
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Writes the folder, whole or not at all, and says what comes next.
  func write(executable: String?) throws(Failure) -> String {
    guard let executable, let prefix = Self.prefix(of: executable) else {
      throw Failure(
        description:
          "cannot tell where this program is installed, so its templates are not to be found; is /proc mounted?")
    }
    if let odd = prefix.unicodeScalars.first(where: { !Self.isPlain($0) }) {
      throw Failure(
        description:
          "Tompion is installed in \(prefix), and a Makefile cannot hold a path with \"\(odd)\" in it; install it "
          + "somewhere else, /usr/local for one")
    }
    let folder = "\(prefix)/share/tompion/templates/\(language.rawValue)"
    let templates: [Folder.File]
    do throws(KernelError) {
      templates = try Folder.files(folder)
    } catch {
      throw Failure(
        description:
          "there is no template in \(folder) (\(error)); Tompion was installed without its share folder: copy "
          + "bin, lib, include and share of ./Tools/build's stage")
    }
    do throws(KernelError) {
      try Folder.create(name, files(from: templates, prefix: prefix))
    } catch {
      if error.errno == KernelError.exists {
        throw Failure(
          description: "there is a \(name) here already; nothing was written. Choose another name, or remove it")
      }
      throw Failure(description: "cannot write the folder \(name) here: \(error); nothing was left behind")
    }
    return """
      \(name)/ is a provider in \(language.rawValue), with a README. Next:
        cd \(name)
        make          # builds build/libtompion-\(name).so
        make check    # tries it as a host would, and worse

      """
  }

  /// "/usr/local" of "/usr/local/bin/tompion".
  static func prefix(of executable: String) -> String? {
    let parts = executable.split(separator: "/")
    guard executable.hasPrefix("/"), parts.count >= 2 else { return nil }
    return "/" + parts.dropLast(2).joined(separator: "/")
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/._+-~@%,:=".unicodeScalars.contains(scalar)
  }
}
