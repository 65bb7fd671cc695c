// SPDX-License-Identifier: Apache-2.0

package import Report

/// What the daemon says: one line each.
package enum ControlReply: Sendable, Equatable {
  /// The answer to the request of that name.
  case answer(request: String, body: JSONValue)
  /// One new event, to a follower.
  case event(JSONValue)
  case failure(code: String, text: String)

  package init(_ error: ControlError) { self = .failure(code: error.code, text: error.description) }

  package var json: JSONValue {
    let version = JSONMember("tompion", .integer(ControlProtocol.version))
    switch self {
    case .answer(let request, let body):
      return .object([version, JSONMember("reply", .string(request)), JSONMember("body", body)])
    case .event(let body): return .object([version, JSONMember("reply", .string("event")), JSONMember("body", body)])
    case .failure(let code, let text):
      return .object([version, JSONMember("error", .string(code)), JSONMember("text", .string(text))])
    }
  }

  /// Reads one line of the wire, without its line break.
  package init(line: [UInt8]) throws(ControlError) {
    let json: JSONValue
    do {
      json = try JSONValue(decoding: line)
    } catch {
      throw .malformed("what answers there is not tompiond: \(error)")
    }
    guard case .integer(let version)? = json["tompion"] else { throw .malformed("what answers there is not tompiond") }
    guard version == ControlProtocol.version else { throw .version(version) }
    if case .string(let code)? = json["error"] {
      guard case .string(let text)? = json["text"] else { throw .malformed("the reply says no reason for its error") }
      self = .failure(code: code, text: text)
      return
    }
    guard case .string(let name)? = json["reply"], let body = json["body"] else {
      throw .malformed("the reply has neither an answer nor an error")
    }
    self = name == "event" ? .event(body) : .answer(request: name, body: body)
  }
}
