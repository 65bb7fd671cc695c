// SPDX-License-Identifier: Apache-2.0

extension SettingSchema {
  /// What is wrong with an array or a table that has nothing in it: it says nothing where the key is a list or a table, and would hide
  /// any other, a misspelt one, too. nil = it may be empty.
  static func objection(toEmpty empty: EmptyValue, _ schema: [SettingSchema], _ provider: String, _ file: String)
    -> Diagnostic?
  {
    let path = generic(empty.path)
    if schema.contains(where: { $0.path.hasPrefix(path + (empty.isTable ? "." : "[]")) }) { return nil }
    let advice: String
    if let entry = schema.first(where: { $0.path == path }) {
      advice = "write \(entry.expected)"
    } else if path.hasSuffix("[]"), let entry = schema.first(where: { $0.path == path.dropLast(2) }) {
      advice = "write \(entry.expected)"
    } else if schema.contains(where: { $0.path.hasPrefix(path + "[]") }) {
      advice = "write a list: […]"
    } else if schema.contains(where: { $0.path.hasPrefix(path + ".") }) {
      advice = "write a table: {…}"
    } else {
      var wrong = unknown(empty.asValue, schema, provider, file)
      wrong.value = empty.written
      return wrong
    }
    return Diagnostic(
      file: file, line: empty.place.line, column: empty.place.column, key: empty.key, value: empty.written,
      problem: "it is \(empty.kindName)", advice: advice)
  }
}
