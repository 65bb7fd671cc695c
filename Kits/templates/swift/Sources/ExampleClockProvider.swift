// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// One time source, measured once a second. `measure` is the place for your device or protocol; everything else is what any
/// provider does. What each function may do, and when, is in tompion/*.h.
final class ExampleClockProvider: Provider {
  /// The keys that may stand under [provider.example-clock]. The host checks types and ranges before anything starts.
  static let schema = [
    SettingSchema("offset", .real, "reference minus clock, s", default: "0.0", range: -10...10),
    SettingSchema("noselect", .boolean, "only look at the source, do not follow it", default: "true"),
  ]

  private var info = SourceInfo()
  private var source: UInt32 = 0
  private var sequence: UInt32 = 0
  private var offset = TimeInterval(nanoseconds: 0)

  /// What the reference says at the moment at which the clock was read as `now`. Here: the clock itself, off by a setting.
  private func measure(_ now: Stamp) -> TimeInterval { now.time + offset }

  override func initialize() -> Status {
    info.name = "example-clock"
    info.address = "local"
    info.fields.stratum = 1
    info.fields.reference_id = 0x5850_4c31
    let status = readSettings()
    guard status == .ok else { return status }
    guard let added = host.sources.add(info) else { return .unsupported }
    source = added
    return .ok
  }

  override func start() -> Status {
    host.requestPoll()
    return .ok
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .updateConfig:
      let status = readSettings()
      if status == .ok { host.sources.update(source, info) }
      return status
    case .query, .pollNow, .pollIntervalChanged, .timeJumped, .networkChanged, .shutdown: return .ok
    default: return .unsupported
    }
  }

  /// About once a second. Real-time: nothing here allocates, locks or blocks.
  override func poll(now raw: RawInstant) {
    guard let now = host.now() else { return }
    let sample = Sample(
      source: SourceID(rawValue: source), sequence: sequence, flags: [.oneWay, .reply], clock: now.clock, era: now.era,
      local: now.time, reference: measure(now), raw: now.raw,
      // How wrong a measurement can be; be honest, the clock's bounds rest on it.
      dispersion: 1_000_000,
      referenceID: ReferenceID(rawValue: info.fields.reference_id), stratum: 1, poll: 0)
    sequence &+= 1
    info.fields.polls &+= 1
    if host.publish(sample) {
      info.fields.replies &+= 1
      info.fields.last_reply_raw_ns = now.raw.nanoseconds
    }
    info.fields.reach = info.fields.reach << 1 | 1
    host.sources.update(source, info)
  }

  private func readSettings() -> Status {
    var seconds = 0.0
    var noselect = true
    let complaints = host.settings.all().complaints { setting in
      switch setting.path {
      case "offset":
        // Not-a-number is in no range.
        guard let number = setting.real, (-10...10).contains(number) else {
          return "a number of seconds from -10 to 10"
        }
        seconds = number
      case "noselect":
        guard let flag = setting.boolean else { return "true or false" }
        noselect = flag
      default: return "one of: offset, noselect"
      }
      return nil
    }
    host.settings.refuse(complaints)
    guard complaints.isEmpty else { return .invalid }
    offset = TimeInterval(nanoseconds: Int64(seconds * 1e9))
    info.fields.flags = noselect ? UInt32(TOMPION_SOURCE_NOSELECT) : 0
    return .ok
  }
}
