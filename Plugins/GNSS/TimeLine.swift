// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// A reference against the raw counter: where it is, how fast it goes, and how much its readings scatter. Pure, in nanoseconds.
///
/// An α-β filter: it only has to tell a jump from jitter, and runs on the counter alone, so that no change of this host's clock moves it.
package struct TimeLine: Hashable, Sendable, BitwiseCopyable {
  /// The counter is at most that much off before its rate was seen, ns per s (the kernel's own limit is 500 ppm).
  package static let wander = 200_000.0
  private static let alpha = 0.25
  private static let beta = 0.03

  /// The last reading: where offsets are counted from.
  private var raw: RawInstant
  private var reference: Int64
  /// Of the line from that reading, and per second.
  private var offset = 0.0
  private var rate = 0.0
  /// Mean distance of readings from the line.
  package private(set) var scatter = 0.0
  package private(set) var count = 1

  package init(reference: Int64, raw: RawInstant) {
    self.reference = reference
    self.raw = raw
  }

  /// How far a reading is from what the line foretells, ns: positive = the reference is ahead of that.
  package func distance(reference: Int64, raw: RawInstant) -> Double {
    let elapsed = raw - self.raw
    let told = Double(reference &- self.reference &- elapsed.nanoseconds)
    return told - offset - rate * elapsed.inSeconds
  }

  /// What the line foretells, ns since 1970.
  package func reference(at raw: RawInstant) -> Int64 {
    let elapsed = raw - self.raw
    return reference &+ elapsed.nanoseconds &+ Int64((offset + rate * elapsed.inSeconds).rounded())
  }

  /// What a reading may be off because the counter's rate is not known any better, ns.
  package func allowance(at raw: RawInstant) -> Double { Self.wander * (raw - self.raw).inSeconds }

  package func age(at raw: RawInstant) -> TimeInterval { raw - self.raw }

  package mutating func take(reference: Int64, raw: RawInstant) {
    let elapsed = (raw - self.raw).inSeconds
    let gap = distance(reference: reference, raw: raw)
    let predicted = offset + rate * elapsed
    // The first readings set the place quickly.
    let gain = max(Self.alpha, 1 / Double(count + 1))
    if elapsed > 0.01, count > 1 {
      rate += Self.beta * gap / elapsed
      rate = min(max(rate, -Self.wander), Self.wander)
    }
    scatter += (gap.magnitude - scatter) * max(0.1, 1 / Double(count))
    let newOffset = predicted + gain * gap
    // Told from this reading from now on.
    offset = newOffset - (predicted + gap)
    self.reference = reference
    self.raw = raw
    if count < 1_000_000 { count += 1 }
  }

  /// A leap second passed, or the week was put right: everything is that much later.
  package mutating func shift(by nanoseconds: Int64) { reference = reference &+ nanoseconds }
}
