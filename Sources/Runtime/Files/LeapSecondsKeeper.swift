// SPDX-License-Identifier: Apache-2.0

import Engine
import LinuxKernel
import Report
import Settings
import TimeTypes

/// Reads leap-seconds.list at the start and once a day, and warns of its expiry. [control]
struct LeapSecondsKeeper {
  private let path: String?
  private var nextLook = RawInstant(nanoseconds: .min)
  private var told: LeapTable?
  private(set) var warnings: [String] = []

  static let interval = TimeInterval.seconds(86_400)

  init(path: String?) { self.path = path }

  /// The engine did not get the last table: the next check hands it over again.
  mutating func tellAgain() {
    told = nil
    nextLook = RawInstant(nanoseconds: .min)
  }

  /// The table for the engine when it is new or has changed; nil = nothing new. A file that cannot be used is an event.
  mutating func check(now: RawInstant, utc: Instant<UTC>, raise: (EventRecord) -> Void) -> LeapTable? {
    guard let path, now >= nextLook else { return nil }
    nextLook = now + Self.interval
    let list: LeapSecondsList
    do {
      let bytes = try SmallFile.read(path, limit: 65_536)
      list = try LeapSecondsList(text: String(decoding: bytes, as: UTF8.self))
    } catch {
      let text = "\(path) cannot be used: \(error); leap seconds are known from sources only"
      if warnings != [text] { raise(EventRecord(.leapTableInvalid, text: text)) }
      warnings = [text]
      return nil
    }
    let warning = list.warning(at: utc)
    if let warning, warnings != ["\(path): \(warning)"] {
      raise(EventRecord(.leapTableExpired, text: "\(path): \(warning)"))
    }
    warnings = warning.map { ["\(path): \($0)"] } ?? []
    guard !list.isExpired(at: utc), let offset = list.taiOffset(at: utc) else { return nil }
    let next = list.next(after: utc)
    let table = LeapTable(taiOffset: offset, next: next.map { ($0.from.nanoseconds, $0.taiOffset) })
    guard table != told else { return nil }
    if told == nil { raise(EventRecord(.leapTableLoaded, text: "\(path): TAI - UTC is \(offset) s")) }
    told = table
    return table
  }
}
