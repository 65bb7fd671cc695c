// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// How one clock of this host is: what `tompion clocks` shows.
package struct ClockReport: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case system, virtual, hardware, auxiliary
  }

  package enum State: String, Sendable, CaseIterable {
    /// Opened, and nothing known yet.
    case starting
    /// It is only read.
    case watched
    /// The servo has no second sample yet, or begins again.
    case unlocked
    /// It was just stepped.
    case jump
    case locked
    /// Its reference is not there, or not synchronized.
    case waiting
    /// Somebody else moved it: fresh samples have to confirm where it should be.
    case moved
    /// Somebody else owns it, or the kernel refuses; the reason says which.
    case refused
    /// It cannot be opened or read.
    case failed
  }

  package var name = ""
  /// "CLOCK_REALTIME", "/dev/ptp0", "CLOCK_AUX1".
  package var device = ""
  package var kind = Kind.system
  /// "utc", "tai".
  package var timescale = "utc"
  /// Who steers it: "tompiond (pid 12)", "nobody", "ptp4l (pid 7)".
  package var owner = ""
  /// "sources", "system", the name of a hardware clock, "nothing".
  package var follows = ""
  /// "engine", "pi"; "" = it is not steered.
  package var servo = ""
  package var state = State.starting
  /// Why, where the state does not say it all.
  package var reason = ""
  /// Its reference − itself, as last measured or estimated; nil = not known.
  package var offset: TimeInterval?
  /// What is set now.
  package var frequency: Frequency?
  /// The most that can be set.
  package var maximumFrequency: Frequency?
  /// TAI − UTC as used for it; nil = not known, or not needed.
  package var taiOffset: Int16?
  /// How it is read: "PTP_SYS_OFFSET_PRECISE".
  package var method = ""
  /// Half of the last reading's bracket.
  package var readingError: TimeInterval?
  package var samples: UInt64 = 0
  /// Readings that did not reach the system clock's engine, as the queue was full.
  package var lost: UInt64 = 0
  package var steps: UInt64 = 0
  package var moves: UInt64 = 0

  package init() {}
}

extension ClockReport {
  package var json: JSONValue {
    .object([
      JSONMember("name", .string(name)),
      JSONMember("device", .string(device)),
      JSONMember("kind", .string(kind.rawValue)),
      JSONMember("timescale", .string(timescale)),
      JSONMember("owner", .string(owner)),
      JSONMember("follows", .string(follows)),
      JSONMember("servo", .string(servo)),
      JSONMember("state", .string(state.rawValue)),
      JSONMember("reason", .string(reason)),
      JSONMember("offset_ns", JSONValue(nanoseconds: offset)),
      JSONMember("frequency_ppb", JSONValue(partsPerBillion: frequency)),
      JSONMember("max_frequency_ppb", JSONValue(partsPerBillion: maximumFrequency)),
      JSONMember("tai_offset_s", taiOffset.map { .integer(Int64($0)) } ?? .null),
      JSONMember("read_by", .string(method)),
      JSONMember("reading_error_ns", JSONValue(nanoseconds: readingError)),
      JSONMember("samples", JSONValue(samples)),
      JSONMember("lost", JSONValue(lost)),
      JSONMember("steps", JSONValue(steps)),
      JSONMember("moves", JSONValue(moves)),
    ])
  }

  /// Reads what `json` wrote; what is absent keeps its default.
  package init(json: JSONValue) {
    self.init()
    name = json.text("name") ?? ""
    device = json.text("device") ?? ""
    kind = json.choice("kind", .system)
    timescale = json.text("timescale") ?? "utc"
    owner = json.text("owner") ?? ""
    follows = json.text("follows") ?? ""
    servo = json.text("servo") ?? ""
    state = json.choice("state", .starting)
    reason = json.text("reason") ?? ""
    offset = json.interval("offset_ns")
    frequency = json.frequency("frequency_ppb")
    maximumFrequency = json.frequency("max_frequency_ppb")
    taiOffset = json.integer("tai_offset_s").flatMap { Int16(exactly: $0) }
    method = json.text("read_by") ?? ""
    readingError = json.interval("reading_error_ns")
    samples = json.count("samples")
    lost = json.count("lost")
    steps = json.count("steps")
    moves = json.count("moves")
  }
}
