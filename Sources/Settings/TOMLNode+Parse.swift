// SPDX-License-Identifier: Apache-2.0

import CTOML

extension TOMLNode {
  /// The most bytes a configuration may have.
  package static let maximumLength = 1 << 20

  /// The root table of a TOML 1.0 text. Throws the first error of syntax, with its place; more than one cannot be found, as
  /// nothing after it can be trusted.
  package static func parse(_ text: String, file: String) throws(ConfigurationErrors) -> TOMLNode {
    var bytes = Array(text.utf8)
    guard bytes.count <= maximumLength else {
      throw ConfigurationErrors([
        Diagnostic(
          file: file, problem: "the text has \(bytes.count) bytes",
          advice: "a configuration has at most \(maximumLength)")
      ])
    }
    // A terminator of its own, so that the array is never empty and its buffer always has an address.
    bytes.append(0)
    var wrong = ctoml_error()
    // Sound: the buffer lives through the call, its length without the terminator is passed beside it, and ctoml_parse keeps
    // neither pointer.
    let document = unsafe bytes.withUnsafeBytes { buffer in
      unsafe ctoml_parse(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count - 1, &wrong)
    }
    guard let document = unsafe document else {
      throw ConfigurationErrors([
        Diagnostic(
          file: file, line: wrong.line, column: wrong.column, problem: "this is not TOML: \(message(of: wrong))")
      ])
    }
    // Sound: the document came from ctoml_parse just now and is freed once, after its last use.
    defer { unsafe ctoml_free(document) }
    // Sound: as above.
    let count = Int(unsafe ctoml_count(document))
    var children: [[TOMLMember]] = Array(repeating: [], count: count)
    // A parent comes before its children, so from the end backwards each node's children are complete when it is met.
    for index in stride(from: count - 1, through: 0, by: -1) {
      // Sound: the index is below the count, the node lives until the document is freed, and everything is copied out of it.
      guard let node = unsafe ctoml_at(document, UInt32(index))?.pointee else { continue }
      let value = unsafe value(of: node, children: children[index])
      children[index] = []
      if index == 0 { return value }
      let parent = Int(unsafe node.parent)
      guard parent < index else { continue }
      // Sound: key and length belong together and live as long as the document.
      let key = unsafe string(node.key, node.key_length)
      children[parent].append(
        TOMLMember(key: key, place: unsafe TextPlace(line: node.key_line, column: node.key_column), node: value))
    }
    return TOMLNode(.table([]))
  }

  /// The Swift value of one node whose children (last first) are known.
  @unsafe
  private static func value(of node: ctoml_node, children: [TOMLMember]) -> TOMLNode {
    // Sound, all of them: plain fields of a copy; the string lives as long as the document, which the caller holds.
    let place = unsafe TextPlace(line: node.line, column: node.column)
    switch unsafe Int32(bitPattern: node.type) {
    case CTOML_TABLE: return TOMLNode(.table(children.reversed().sorted { $0.place < $1.place }), at: place)
    case CTOML_ARRAY: return TOMLNode(.array(children.reversed().map(\.node)), at: place)
    case CTOML_STRING: return unsafe TOMLNode(.string(string(node.string, node.string_length)), at: place)
    case CTOML_INTEGER: return unsafe TOMLNode(.integer(node.integer), at: place)
    case CTOML_REAL: return unsafe TOMLNode(.real(node.real), at: place)
    case CTOML_BOOLEAN: return unsafe TOMLNode(.boolean(node.integer != 0), at: place)
    default: return unsafe TOMLNode(.date(string(node.string, node.string_length)), at: place)
    }
  }

  /// A copy of `length` bytes of UTF-8; wrong sequences become U+FFFD.
  @unsafe
  private static func string(_ pointer: UnsafePointer<CChar>?, _ length: Int) -> String {
    guard let pointer = unsafe pointer, length > 0 else { return "" }
    // Sound: the fence promises `length` readable bytes behind a pointer that is not null.
    let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: length)
    return unsafe String(decoding: bytes, as: UTF8.self)
  }

  private static func message(of error: ctoml_error) -> String {
    // Sound: the text is an array inside the struct, NUL-terminated by the fence; the copy ends with the closure.
    let text = unsafe withUnsafeBytes(of: error.text) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return text.isEmpty ? "it cannot be read" : text
  }
}
