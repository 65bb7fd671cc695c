// SPDX-License-Identifier: Apache-2.0

import TimeTypes

// What reports write: absent values are null, so that every key is always there.
extension JSONValue {
  init(_ number: UInt64) { self = .integer(Int64(clamping: number)) }

  init(_ text: String?) { self = text.map { .string($0) } ?? .null }

  /// Whole nanoseconds; null for nil and for "unknown" (`TimeInterval.max`).
  init(nanoseconds interval: TimeInterval?) {
    guard let interval, interval != .max else {
      self = .null
      return
    }
    self = .integer(interval.nanoseconds)
  }

  init(partsPerBillion frequency: Frequency?) { self = frequency.map { .real($0.partsPerBillion) } ?? .null }
}

// What reports read: a key that is absent or of another type reads as nil, so that a newer daemon's reply still shows.
extension JSONValue {
  package func text(_ name: String) -> String? {
    guard case .string(let text)? = self[name] else { return nil }
    return text
  }

  func integer(_ name: String) -> Int64? {
    guard case .integer(let number)? = self[name] else { return nil }
    return number
  }

  func count(_ name: String) -> UInt64 { integer(name).map { UInt64(clamping: $0) } ?? 0 }

  func small<Narrow: FixedWidthInteger>(_ name: String, _ fallback: Narrow) -> Narrow {
    integer(name).flatMap { Narrow(exactly: $0) } ?? fallback
  }

  func flag(_ name: String) -> Bool { self[name] == .boolean(true) }

  func interval(_ name: String) -> TimeInterval? { integer(name).map { TimeInterval(nanoseconds: $0) } }

  func frequency(_ name: String) -> Frequency? {
    switch self[name] {
    case .real(let number)?: .partsPerBillion(number)
    case .integer(let number)?: .partsPerBillion(Double(number))
    default: nil
    }
  }

  func choice<Choice: RawRepresentable>(_ name: String, _ fallback: Choice) -> Choice where Choice.RawValue == String {
    text(name).flatMap { Choice(rawValue: $0) } ?? fallback
  }

  package func elements(_ name: String) -> [JSONValue] {
    guard case .array(let elements)? = self[name] else { return [] }
    return elements
  }
}

extension LeapIndicator {
  /// The word in reports.
  package var word: String {
    switch self {
    case .none: "none"
    case .insert: "insert"
    case .delete: "delete"
    case .unsynchronized: "unsynchronized"
    }
  }

  init(word: String?) {
    switch word {
    case "none": self = .none
    case "insert": self = .insert
    case "delete": self = .delete
    default: self = .unsynchronized
    }
  }
}
