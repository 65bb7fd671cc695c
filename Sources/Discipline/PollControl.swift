// SPDX-License-Identifier: Apache-2.0

/// The poll interval T of one source, by what a packet is worth. Docs/algorithm.md, section 6.
///
/// For a clock of random-walk frequency w per √s seen through noise r every T seconds all depends on λ = w·T^1.5/r, and the filter's
/// own deviations tell it without w and r: λ = (σ_y·T/σ_x)². Where λ is small, each packet is worth less than one more independent
/// sample would be, because the clock hardly moved since the last; where it is large, the clock runs away between them.
package struct PollControl: Sendable, BitwiseCopyable, Equatable {
  /// Here a packet is worth exactly an independent sample: the error goes as the root of the number of packets.
  package static var balance: Double { @_noAllocation @_noLocks get { 0.2 } }
  /// λ grows by 2^1.5 from one interval to the next; half of that and something against going back and forth.
  package static var margin: Double { @_noAllocation @_noLocks get { 2 } }
  /// Samples at an interval before the next one is tried; so many make the filter's deviations its own.
  package static var settled: Int { @_noAllocation @_noLocks get { 8 } }
  /// A shorter interval is not waited for as long.
  package static var alarmed: Int { @_noAllocation @_noLocks get { 2 } }

  /// log2 seconds.
  package private(set) var poll: Int8
  package private(set) var minimum: Int8
  package private(set) var maximum: Int8
  /// Samples since the interval changed.
  package private(set) var samples = 0

  @_noAllocation @_noLocks
  package init(minimum: Int8, maximum: Int8) {
    self.minimum = minimum
    self.maximum = maximum > minimum ? maximum : minimum
    self.poll = minimum
  }

  /// New bounds; the interval moves into them.
  @_noAllocation @_noLocks
  package mutating func bound(minimum: Int8, maximum: Int8) {
    self.minimum = minimum
    self.maximum = maximum > minimum ? maximum : minimum
    if poll < self.minimum { move(to: self.minimum) }
    if poll > self.maximum { move(to: self.maximum) }
  }

  /// After a sample: the variances of the source's clock, s² and of the frequency's ratio; true when the interval changed.
  @_noAllocation @_noLocks
  package mutating func update(offsetVariance: Double, frequencyVariance: Double) -> Bool {
    samples &+= 1
    guard offsetVariance > 0, frequencyVariance >= 0, offsetVariance < 1e12, frequencyVariance < 1e12 else {
      return false
    }
    let interval = Double(sign: .plus, exponent: Int(poll), significand: 1)
    let now = frequencyVariance * interval * interval / offsetVariance
    if samples >= Self.alarmed && poll > minimum && now > Self.balance * Self.margin {
      move(to: poll - 1)
      return true
    }
    if samples >= Self.settled && poll < maximum && now < Self.balance / Self.margin {
      move(to: poll + 1)
      return true
    }
    return false
  }

  /// Back to the shortest interval, as after a jump of the clock; true when that is a change.
  @_noAllocation @_noLocks
  package mutating func restart() -> Bool {
    samples = 0
    if poll == minimum { return false }
    poll = minimum
    return true
  }

  @_noAllocation @_noLocks
  private mutating func move(to poll: Int8) {
    self.poll = poll
    samples = 0
  }
}
