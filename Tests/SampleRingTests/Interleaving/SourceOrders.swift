// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The memory orders as they stand in the ring's source, so that the model runs with those and no others.
struct SourceOrders {
  struct NotFound: Error { var what: String }

  private let text: String

  init(_ file: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/SampleRing").standardized
    text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
  }

  /// The order of the one `access` (as `ownTail().pointee.store`) in the function that begins with `function` (as `pop(into`).
  func order(of access: String, in function: String) throws -> RingProgram.Order {
    guard let start = text.range(of: "func \(function)"),
      let end = text.range(of: "\n  }\n", range: start.upperBound..<text.endIndex)
    else { throw NotFound(what: function) }
    let body = text[start.upperBound..<end.lowerBound]
    guard let use = body.range(of: "\(access)("),
      body.range(of: "\(access)(", range: use.upperBound..<body.endIndex) == nil,
      let label = body.range(of: "ordering: .", range: use.upperBound..<body.endIndex)
    else { throw NotFound(what: "one \(access) in \(function)") }
    switch body[label.upperBound...].prefix(while: { $0.isLetter }) {
    case "acquiring", "releasing": return .synchronizing
    case "relaxed": return .relaxed
    default: throw NotFound(what: "an order of \(access) in \(function) that the model knows")
    }
  }
}
