// SPDX-License-Identifier: Apache-2.0

import Engine
import Selection

/// A source as the engine saw it at the end, or just before it was removed.
package struct ReplayedSource: Sendable, Equatable {
  package var id: UInt32
  package var isRemoved: Bool
  /// Its state with the reason.
  package var state: String
  package var samples: UInt32
  package var refused: UInt32
  package var spikes: UInt32
  /// Estimated, reference − clock, seconds; nil = no sample.
  package var offset: Double?
  package var offsetError: Double
  package var delay: Double
  package var jitter: Double

  init(_ report: SourceReport, isRemoved: Bool) {
    self.isRemoved = isRemoved
    id = report.id.rawValue
    state = caseWords(report.state)
    samples = report.samples
    refused = report.refused
    spikes = report.spikes
    offset = report.offset?.inSeconds
    offsetError = report.offsetError.inSeconds
    delay = report.delay.inSeconds
    jitter = report.jitter.inSeconds
  }
}

/// The name of an enum's case, and of a case inside it, as words: "unselectable: no samples".
func caseWords(_ value: Any) -> String {
  let mirror = Mirror(reflecting: value)
  guard mirror.displayStyle == .enum else { return "\(value)" }
  let name = String("\(value)".prefix { $0 != "(" })
  if let child = mirror.children.first {
    let inner = Mirror(reflecting: child.value)
    let outer = words(child.label ?? name)
    return inner.displayStyle == .enum ? outer + ": " + caseWords(child.value) : outer
  }
  return words(name)
}

/// camelCase to words.
private func words(_ name: String) -> String {
  var out = ""
  for character in name {
    if character.isUppercase {
      out += " " + character.lowercased()
    } else {
      out.append(character)
    }
  }
  return out
}
