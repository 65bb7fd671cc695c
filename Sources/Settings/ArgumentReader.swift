// SPDX-License-Identifier: Apache-2.0

/// Reads a command line left to right: long options with "=value" or a value after them, short ones ("-n5", "-n 5"), "--" for "only operands
/// from here". Pure, and small, because the usual libraries load Foundation.
package struct ArgumentReader {
  package enum Item: Sendable, Equatable {
    /// "--json", "-f"; with the value if it was written with "=".
    case option(String, value: String?)
    case operand(String)
  }

  private var rest: ArraySlice<String>
  private var onlyOperands = false
  /// The last option taken, for messages.
  private var last = ""

  package init(_ arguments: [String]) { rest = arguments[...] }

  /// The next option or operand; nil = the end.
  package mutating func next() -> Item? {
    guard let word = rest.popFirst() else { return nil }
    if onlyOperands || word == "-" || !word.hasPrefix("-") { return .operand(word) }
    if word == "--" {
      onlyOperands = true
      return next()
    }
    if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
      last = String(word[..<equals])
      return .option(last, value: String(word[word.index(after: equals)...]))
    }
    if !word.hasPrefix("--"), word.count > 2 {
      // "-n5": a short option with its value.
      last = String(word.prefix(2))
      return .option(last, value: String(word.dropFirst(2)))
    }
    last = word
    return .option(word, value: nil)
  }

  /// The value of the option just taken: what was written after "=", else the next word.
  package mutating func value(_ written: String?, what: String) throws(ArgumentError) -> String {
    if let written { return written }
    guard let word = rest.first else { throw ArgumentError("\(last) needs \(what)") }
    guard !word.hasPrefix("--") else {
      throw ArgumentError("\(last) needs \(what), and \(word) is an option; if it is meant, write \(last)=\(word)")
    }
    rest.removeFirst()
    return word
  }
}

/// What is wrong with a command line.
package struct ArgumentError: Error, Sendable, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
