// SPDX-License-Identifier: Apache-2.0

package import Report
package import TimeTypes

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
  /// An operator's word: it is that time now (UTC, ns since 1970), give or take `within` (nil = as the provider manual has it).
  case setTime(nanoseconds: Int64, within: TimeInterval?)

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
    case .setTime: "settime"
    }
  }

  /// True for what alters something: allowed to fewer, and logged.
  package var isChange: Bool {
    switch self {
    case .resync, .setTime: true
    default: false
    }
  }

  /// As the event log has it.
  var words: String {
    switch self {
    case .resync(let force, let source):
      name + (force ? " --force" : "") + (source.map { " --source \(printable($0, limit: 128))" } ?? "")
    case .setTime(let nanoseconds, _): "\(name) \(UTCText.text(nanoseconds))"
    default: name
    }
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
    case .setTime(let nanoseconds, let within):
      members.append(JSONMember("time_ns", .integer(nanoseconds)))
      if let within { members.append(JSONMember("within_ns", .integer(within.nanoseconds))) }
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
    case "settime":
      arguments = ["time_ns", "within_ns"]
      guard case .integer(let nanoseconds)? = json["time_ns"] else {
        throw .malformed("\"time_ns\" is the time, UTC in nanoseconds since 1970")
      }
      self = .setTime(nanoseconds: nanoseconds, within: try Self.uncertainty(json))
    default:
      throw .unknown(
        "there is no request \(printable(name, limit: 40)); there are status, sources, providers, clocks, why, events, resync and settime"
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

  /// How far an entered time may be off: less is no operator's, more no time.
  package static let uncertainties = 0.001...3600.0

  private static func uncertainty(_ json: JSONValue) throws(ControlError) -> TimeInterval? {
    guard let nanoseconds = try count(json, "within_ns") else { return nil }
    guard uncertainties.contains(Double(nanoseconds) * 1e-9) else {
      throw .malformed("\"within_ns\" is from 1000000 to 3600000000000 (1 ms to an hour)")
    }
    return TimeInterval(nanoseconds: Int64(nanoseconds))
  }

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
