// SPDX-License-Identifier: Apache-2.0

import Report

/// The members of one JSON object, taken one by one; what nobody took is a mistake of the file's.
struct FieldReader {
  let path: String
  private let members: [JSONMember]
  private var taken: Set<String> = []

  init(_ value: JSONValue, path: String) throws(ScenarioError) {
    guard case .object(let members) = value else {
      throw ScenarioError(path: path, problem: "must be an object")
    }
    self.path = path
    self.members = members
  }

  func wrong(_ name: String, _ problem: String) -> ScenarioError {
    ScenarioError(path: child(name), problem: problem)
  }

  func child(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  mutating func value(_ name: String) -> JSONValue? {
    taken.insert(name)
    let found = members.first { $0.name == name }?.value
    return found == .null ? nil : found
  }

  mutating func optionalNumber(_ name: String) throws(ScenarioError) -> Double? {
    switch value(name) {
    case nil: return nil
    case .integer(let number)?: return Double(number)
    case .real(let number)? where number.isFinite: return number
    default: throw wrong(name, "must be a number")
    }
  }

  mutating func number(_ name: String, default fallback: Double? = nil) throws(ScenarioError) -> Double {
    if let number = try optionalNumber(name) { return number }
    guard let fallback else { throw wrong(name, "is missing; a number is needed") }
    return fallback
  }

  /// A number inside a range.
  mutating func number(
    _ name: String, in range: ClosedRange<Double>, default fallback: Double? = nil
  ) throws(ScenarioError) -> Double {
    let found = try number(name, default: fallback)
    guard range.contains(found) else {
      throw wrong(name, "is \(found); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return found
  }

  /// A whole number inside a range; 2.0 is one, 2.5 is not.
  mutating func integer(
    _ name: String, in range: ClosedRange<Int>, default fallback: Int? = nil
  ) throws(ScenarioError) -> Int {
    let found = try number(name, default: fallback.map(Double.init))
    guard found == found.rounded(.towardZero), Double(range.lowerBound)...Double(range.upperBound) ~= found else {
      throw wrong(name, "is \(found); it must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(found)
  }

  mutating func flag(_ name: String, default fallback: Bool) throws(ScenarioError) -> Bool {
    switch value(name) {
    case nil: return fallback
    case .boolean(let flag)?: return flag
    default: throw wrong(name, "must be true or false")
    }
  }

  mutating func text(_ name: String, default fallback: String? = nil) throws(ScenarioError) -> String {
    switch value(name) {
    case .string(let text)?: return text
    case nil: if let fallback { return fallback }
    default: break
    }
    throw wrong(name, "must be a text")
  }

  mutating func object(_ name: String) throws(ScenarioError) -> FieldReader? {
    guard let value = value(name) else { return nil }
    return try FieldReader(value, path: child(name))
  }

  /// The elements of an array, none where it is absent.
  mutating func elements(_ name: String) throws(ScenarioError) -> [(value: JSONValue, path: String)] {
    switch value(name) {
    case nil: return []
    case .array(let elements)?: return elements.enumerated().map { ($0.element, "\(child(name))[\($0.offset)]") }
    default: throw wrong(name, "must be an array")
    }
  }

  mutating func objects(_ name: String) throws(ScenarioError) -> [FieldReader] {
    var readers: [FieldReader] = []
    for (value, path) in try elements(name) { readers.append(try FieldReader(value, path: path)) }
    return readers
  }

  mutating func numbers(_ name: String) throws(ScenarioError) -> [Double] {
    var numbers: [Double] = []
    for (value, path) in try elements(name) {
      switch value {
      case .integer(let number): numbers.append(Double(number))
      case .real(let number) where number.isFinite: numbers.append(number)
      default: throw ScenarioError(path: path, problem: "must be a number")
      }
    }
    return numbers
  }

  /// Whole numbers inside a range.
  mutating func integers(_ name: String, in range: ClosedRange<Int>) throws(ScenarioError) -> [Int] {
    var numbers: [Int] = []
    for (value, path) in try elements(name) {
      guard case .integer(let number) = value, let number = Int(exactly: number), range.contains(number) else {
        throw ScenarioError(
          path: path, problem: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Nothing else may be left.
  func end() throws(ScenarioError) {
    guard let stranger = members.first(where: { !taken.contains($0.name) }) else { return }
    throw ScenarioError(
      path: child(stranger.name), problem: "is not a key here; known are \(taken.sorted().joined(separator: ", "))")
  }
}
