// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Outcome {
  /// One line: name, value, unit, and with a peer peer, peer_value, ratio; or name and skipped.
  var json: String {
    var fields = ["\"name\":\(Self.quoted(name))"]
    if let skipped { fields.append("\"skipped\":\(Self.quoted(skipped))") }
    if let value { fields += ["\"value\":\(Self.number(value))", "\"unit\":\(Self.quoted(unit))"] }
    if let peer {
      fields += [
        "\"peer\":\(Self.quoted(peer.name))", "\"peer_value\":\(Self.number(peer.value))",
        "\"ratio\":\(Self.number(peer.ratio))",
      ]
    }
    return "{\(fields.joined(separator: ","))}"
  }

  /// Reads such a line again; nil = it is none.
  init?(json line: String) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
      let name = object["name"] as? String
    else { return nil }
    self.init(name: name)
    value = object["value"] as? Double
    unit = object["unit"] as? String ?? ""
    skipped = object["skipped"] as? String
    if let peer = object["peer"] as? String, let value = object["peer_value"] as? Double,
      let ratio = object["ratio"] as? Double
    {
      self.peer = Peer(name: peer, value: value, ratio: ratio)
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case let scalar where scalar.value < 32: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Four digits that count, never an exponent.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let digits = value == 0 ? 0 : max(0, 3 - Int(log10(abs(value)).rounded(.down)))
    var text = String(format: "%.\(min(digits, 9))f", value)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }
}
