// SPDX-License-Identifier: Apache-2.0

package import Report

/// What a client asks for.
package enum ControlRequest: Sendable, Equatable {
  case status
  case sources
  case providers
  case clocks
  case why
  /// The events after number `since` (nil = all that are kept, at most `limit` of the latest); then, with `follow`, each new one.
  case events(since: UInt64?, limit: UInt32?, follow: Bool)
  /// Measure at once, `source` only (nil = every source), and try a refused clock again; with `force` the next offset that the
  /// sources agree on passes the sanity gate. Both together are refused (`forceOfOneSource`).
  case resync(force: Bool, source: String?)

  /// The word on the wire.
  package var name: String {
    switch self {
    case .status: "status"
    case .sources: "sources"
    case .providers: "providers"
    case .clocks: "clocks"
    case .why: "why"
    case .events: "events"
    case .resync: "resync"
    }
  }

  /// True for what alters something: allowed to fewer, and logged.
  package var isChange: Bool {
    if case .resync = self { return true }
    return false
  }

  package var json: JSONValue {
    var members = [JSONMember("tompion", .integer(ControlProtocol.version)), JSONMember("request", .string(name))]
    switch self {
    case .status, .sources, .providers, .clocks, .why: break
    case .events(let since, let limit, let follow):
      if let since { members.append(JSONMember("since", .integer(Int64(clamping: since)))) }
      if let limit { members.append(JSONMember("limit", .integer(Int64(limit)))) }
      members.append(JSONMember("follow", .boolean(follow)))
    case .resync(let force, let source):
      members.append(JSONMember("force", .boolean(force)))
      if let source { members.append(JSONMember("source", .string(source))) }
    }
    return .object(members)
  }

  /// Reads one line of the wire, without its line break.
  package init(line: [UInt8]) throws(ControlError) {
    let json: JSONValue
    do {
      json = try JSONValue(decoding: line)
    } catch {
      throw .malformed("the request is not JSON: \(error)")
    }
    guard case .object(let members) = json else { throw .malformed("the request is not a JSON object") }
    if let version = json["tompion"] {
      guard case .integer(let number) = version else {
        throw .malformed("\"tompion\" is the protocol's version, an integer")
      }
      guard number == ControlProtocol.version else { throw .version(number) }
    }
    guard case .string(let name)? = json["request"] else {
      throw .malformed("the request has no \"request\"; write {\"request\":\"status\"}")
    }
    var arguments: [String] = []
    switch name {
    case "status": self = .status
    case "sources": self = .sources
    case "providers": self = .providers
    case "clocks": self = .clocks
    case "why": self = .why
    case "events":
      arguments = ["since", "limit", "follow"]
      self = .events(
        since: try Self.count(json, "since"), limit: try Self.count(json, "limit").map { UInt32(clamping: $0) },
        follow: try Self.flag(json, "follow"))
    case "resync":
      arguments = ["force", "source"]
      self = .resync(force: try Self.flag(json, "force"), source: try Self.text(json, "source"))
    default:
      throw .unknown(
        "there is no request \(printable(name, limit: 40)); there are status, sources, providers, clocks, why, events and resync"
      )
    }
    for member in members where !(["tompion", "request"] + arguments).contains(member.name) {
      throw .unknown("the request \(name) has no argument \(printable(member.name, limit: 40))")
    }
  }

  /// Why `force` and `source` do not go together: the gate is the engine's, not a source's.
  package static let forceOfOneSource =
    "a forced resync opens the sanity gate for what all sources agree on, not for one of them: "
    + "leave out the source, or the force"

  private static func flag(_ json: JSONValue, _ name: String) throws(ControlError) -> Bool {
    switch json[name] {
    case nil: return false
    case .boolean(let flag)?: return flag
    default: throw .malformed("\"\(name)\" is true or false")
    }
  }

  private static func count(_ json: JSONValue, _ name: String) throws(ControlError) -> UInt64? {
    switch json[name] {
    case nil, .null?: return nil
    case .integer(let number)? where number >= 0: return UInt64(number)
    default: throw .malformed("\"\(name)\" is an integer, 0 or more")
    }
  }

  private static func text(_ json: JSONValue, _ name: String) throws(ControlError) -> String? {
    switch json[name] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    default: throw .malformed("\"\(name)\" is a string")
    }
  }
}
