// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import TimeTypes

/// Tells engines apart by what they do: a fixed sequence of events with the default parameters, and the digest of all actions.
/// Two releases whose estimators differ at all differ here, whatever their version numbers say. [control]
package enum EngineProbe {
  /// Sixteen hexadecimal digits. Takes some milliseconds.
  package static var digest: String {
    var engine = Engine(clock: .system, parameters: EngineParameters(), capacity: 4)
    var actions = Actions()
    var digest = ActionDigest()
    var noise = UInt64(1)
    func feed(_ event: Event) {
      actions.removeAll()
      engine.handle(event, into: &actions)
      digest.add(ActionDigest(actions).value)
    }
    func random(_ range: Int64) -> Int64 {
      noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(noise >> 33) % range
    }
    let sources = [SourceID(rawValue: 1), SourceID(rawValue: 2), SourceID(rawValue: 3)]
    let start: Int64 = 1_000_000_000_000
    for source in sources { feed(.sourceAdded(source, SourceOptions(), now: RawInstant(nanoseconds: start))) }
    for second in Int64(1)...600 {
      let raw = RawInstant(nanoseconds: start + second * 1_000_000_000)
      let time = TimeInterval(nanoseconds: 1_790_000_000_000_000_000 + second * 1_000_000_000)
      feed(.tick(ClockReading(clock: .system, era: ClockEra(rawValue: 0), raw: raw, time: time, frequency: .zero)))
      // A source every few seconds, none for a while, one that lies, and a longer route at the end.
      guard second % 5 == 0, !(200..<260).contains(second) else { continue }
      let index = Int(second / 5 % 3)
      let up = 1_000_000 + random(200_000) + (second > 500 ? 2_000_000 : 0)
      let down = 1_000_000 + random(200_000)
      let offset = 3_000_000 - 20_000 * second + (index == 2 ? 40_000_000 : 0) + (up - down) / 2
      feed(
        .sample(
          Sample(
            source: sources[index], sequence: UInt32(second), local: time,
            reference: time + TimeInterval(nanoseconds: offset), raw: raw, delay: up + down, dispersion: 1000,
            rootDelay: 10_000, rootDispersion: 10_000, poll: 4),
          now: raw))
    }
    return hexadecimal(digest.value)
  }
}

/// Sixteen digits.
package func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
