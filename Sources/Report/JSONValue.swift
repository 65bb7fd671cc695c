// SPDX-License-Identifier: Apache-2.0

/// A JSON value (RFC 8259), members in the order given. Integers and reals are kept apart, so that nanoseconds stay exact.
package enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case real(Double)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The value of the member of that name; nil for anything but an object that has it.
  package subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.name == name { return member.value }
    return nil
  }
}

/// One name and value of a JSON object.
package struct JSONMember: Sendable, Equatable {
  package var name: String
  package var value: JSONValue

  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}
