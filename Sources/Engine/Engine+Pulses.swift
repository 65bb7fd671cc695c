// SPDX-License-Identifier: Apache-2.0

import Filtering
import TimeTypes

/// Which second a pulse marks.
extension Engine {
  /// A pulse so far from a second, and what tells the second so uncertain, seconds: no number is given (chrony's limit, too).
  static var widestGap: Double { @_noAllocation @_noLocks get { 0.4 } }
  /// A receiver's messages, by which it tells the second, come that much later or earlier than it thinks, seconds.
  static var coarseness: Double { @_noAllocation @_noLocks get { 0.1 } }
  /// The same of a source on the network: the noise of the pulse.
  static var fineness: Double { @_noAllocation @_noLocks get { 0.001 } }

  @_noAllocation @_noLocks
  mutating func lock(_ id: SourceID, to keeper: SourceID) {
    let index = find(id)
    if index >= 0 { storage.slots[index].keeper = keeper }
  }

  /// UTC of a pulse, of whose reference only what is beyond whole seconds counts: the nearest second by the source that it is locked
  /// to, else by all that are followed. nil = there is none, or the one it is locked to is not sure enough, or against it.
  @_noAllocation @_noLocks
  func numbered(_ sample: Sample, _ index: Int) -> TimeInterval? {
    guard let keeper = storage.slots[index].keeper else {
      guard let fused else { return nil }
      return sample.reference
        + TimeInterval.seconds(Self.wholeSeconds(fused.line.time(at: sample.raw) - sample.reference))
    }
    let other = find(keeper)
    guard other >= 0, other != index, isKnown(other, at: sample.raw) else { return nil }
    let shown = storage.slots[other].estimate.line.time(at: sample.raw)
    let moment = sample.reference + TimeInterval.seconds(Self.wholeSeconds(shown - sample.reference))
    let gap = (moment - shown).inSeconds.magnitude
    let doubt = storage.slots[other].rootDistance
    guard gap + doubt < Self.widestGap else { return nil }
    let rest = storage.slots[other].options.referenceClock ? Self.coarseness : Self.fineness
    return gap <= doubt + rest ? moment : nil
  }

  /// Whether what a source says can be told at a moment, followed or not.
  @_noAllocation @_noLocks
  private func isKnown(_ index: Int, at raw: RawInstant) -> Bool {
    if storage.slots[index].hasReach && storage.slots[index].reach == 0 { return false }
    if storage.slots[index].isUnsynchronized || storage.slots[index].filter.accepted < Self.leastSamples {
      return false
    }
    let age = (raw - storage.slots[index].filter.newest.raw).inSeconds
    return age <= 8 * Self.interval(storage.slots[index].samplePoll) + 8
  }

  /// An interval rounded to whole seconds.
  @_noAllocation @_noLocks
  private static func wholeSeconds(_ interval: TimeInterval) -> Int64 {
    let apart = interval.nanoseconds
    let rest = (apart % 1_000_000_000 + 1_000_000_000) % 1_000_000_000
    return (apart &- rest) / 1_000_000_000 &+ (rest >= 500_000_000 ? 1 : 0)
  }
}
