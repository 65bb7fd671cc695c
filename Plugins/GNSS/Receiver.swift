// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// One receiver: what it says goes in, samples and news come out. Pure: "now" is in what goes in, and nothing is allocated after init.
package struct Receiver: Sendable {
  /// What is known of this host's clock, for learning how late a receiver is.
  package struct ClockView: Hashable, Sendable, BitwiseCopyable {
    /// It follows somebody, and not this receiver.
    package var followsOthers: Bool
    /// How far off it may be, ns.
    package var bound: UInt64

    package init(followsOthers: Bool = false, bound: UInt64 = 0) {
      (self.followsOthers, self.bound) = (followsOthers, bound)
    }
  }

  /// log2 s, 2 ms: the arrival of messages is told no better, however even it looks.
  static let serialPrecision: Int8 = -9
  /// Pulses that were there so lately make serial time superfluous.
  static let pulseMemory = TimeInterval.seconds(3)
  /// Nothing for so long: it is silent. One that speaks seldom is waited for four times as long as it paused last, up to five minutes.
  package static let silence = TimeInterval.seconds(8)
  static let longestSilence = TimeInterval.seconds(300)
  /// The rest of a message that was cut off comes this soon after the one before it: it says nothing of those that do not come.
  static let cutOff = TimeInterval.seconds(1)
  /// A date told so lately is good for messages without one.
  static let dateMemory = TimeInterval.seconds(3600)

  package let options: ReceiverOptions
  package internal(set) var fitness = Fitness()
  package internal(set) var counters = ReceiverCounters()
  package internal(set) var learner = DelayLearner()
  package internal(set) var unfitness: Unfitness?
  var serial: TimeJudge
  var pulses: TimeJudge
  var view = ClockView()
  /// The last moment with a date of its own, weeks put right.
  var dated: (reference: Int64, raw: RawInstant)?
  var weeks: Int64 = 0
  var leapChange: Int8?
  var taiOffset: Int16?
  var lastHeard: RawInstant?
  /// When something came last that could not be read; nil = not since it was heard.
  var lastUnread: RawInstant?
  /// What lay between the last two messages.
  var lastPause = TimeInterval.zero
  var lastPulse: RawInstant?
  /// gpsd tells when a cycle of serial time began: better than when its fix arrived.
  var lastCycle: RawInstant?
  /// The last reading that was judged, of each grade.
  var lastSerial: (second: Int64, raw: RawInstant)?
  package internal(set) var lastPublished: RawInstant?

  package init(_ options: ReceiverOptions) {
    self.options = options
    serial = TimeJudge(maximumJump: options.maximumJump)
    pulses = TimeJudge(maximumJump: options.maximumJump)
  }

  /// How late it was found to be in an earlier life.
  package mutating func begin(with remembered: RememberedDelay) { learner.begin(with: remembered) }

  /// Whether its time is used now.
  package var isBelieved: Bool { unfitness == nil && (serial.isBelieved || pulses.isBelieved) }

  /// What is announced of leap seconds, of the moment that was told last.
  package func leap(at reference: Int64) -> LeapIndicator { LeapDay.indicator(change: leapChange, at: reference) }

  /// A second has passed.
  package mutating func tick(now: RawInstant, _ view: ClockView, into actions: inout ReceiverActions) {
    self.view = view
    if lastHeard == nil { lastHeard = now }
    let pause = lastPause + lastPause
    let patience = min(max(Self.silence, pause + pause), Self.longestSilence)
    if let lastHeard, now - lastHeard >= patience {
      beUnfit(isUnreadable(since: lastHeard, now: now) ? .unreadable : .silent, &actions)
    }
  }

  /// Whether what came since then was there, and not to be read.
  private func isUnreadable(since heard: RawInstant, now: RawInstant) -> Bool {
    guard let lastUnread else { return false }
    return lastUnread - heard >= Self.cutOff && now - lastUnread < Self.longestSilence
  }

  /// Its line was lost: it has to show itself again.
  package mutating func interrupt() {
    serial.interrupt()
    pulses.interrupt()
    (lastHeard, lastUnread) = (nil, nil)
    lastPause = .zero
  }

  mutating func heard(at raw: RawInstant) {
    if let lastHeard { lastPause = raw - lastHeard }
    (lastHeard, lastUnread) = (raw, nil)
    if unfitness == .silent || unfitness == .unreadable { unfitness = nil }
  }

  mutating func beUnfit(_ reason: Unfitness, _ actions: inout ReceiverActions) {
    serial.interrupt()
    pulses.interrupt()
    guard unfitness != reason else { return }
    unfitness = reason
    actions.add(.unfit(reason))
  }
}
