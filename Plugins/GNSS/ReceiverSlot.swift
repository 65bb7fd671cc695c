// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import ReferenceWire
import TimeTypes

/// One receiver with what the adapter keeps beside it: its line, and its name towards host and people.
struct ReceiverSlot {
  /// How far the way to the receiver is.
  enum Line: Equatable {
    /// To be opened at that moment.
    case closed(until: RawInstant)
    /// Its name is looked up.
    case resolving
    /// A stream that does not stand yet.
    case opening(UInt32)
    case open(UInt32)
    /// A device that is gone; the host looks for it.
    case gone(UInt32)
  }

  /// Pauses between attempts.
  static let firstPause = TimeInterval.seconds(1)
  static let longestPause = TimeInterval.seconds(32)

  /// Names the slot in look-ups; never used again.
  let key: UInt32
  let settings: ReceiverSettings
  var receiver: Receiver
  var serial: SerialLine
  var lines = TextLines()
  var line = Line.closed(until: RawInstant(nanoseconds: .min))
  /// When what was learned was last kept.
  var kept = RawInstant(nanoseconds: .min)
  /// Programs that its samples are passed on to.
  var feeds: [Feed]
  var pause = Self.firstPause
  /// Why there is no line, "" = there is one.
  var trouble = ""
  /// The trouble was told as an event.
  var isTold = false
  /// How often what becomes of its time is told.
  var news = NewsBudget()
  /// The host's name of the source, 0 = none yet.
  var source: UInt32 = 0
  var sequence: UInt32 = 0
  var info = SourceInfo()
  /// What `info` says of it.
  private var shown = Standing.unknown
  private var ticks: UInt32 = 0
  private var secondsLeft: Int64 = 1
  private var publishedBefore: UInt32 = 0
  private(set) var poll: Int8 = 0

  init(key: UInt32, settings: ReceiverSettings) {
    self.key = key
    self.settings = settings
    receiver = Receiver(settings.options)
    feeds = settings.feeds.map { Feed($0) }
    if case .line(_, _, let language) = settings.place {
      serial = SerialLine(language)
    } else {
      serial = SerialLine(.both)
    }
    info.name = settings.name.isEmpty ? settings.place.text : settings.name
    info.address = settings.place.text
    info.fields.flags = TOMPION_SOURCE_REFCLOCK
    if settings.prefer { info.fields.flags |= TOMPION_SOURCE_PREFER }
    if settings.noselect || isLearning { info.fields.flags |= TOMPION_SOURCE_NOSELECT }
    if settings.trust { info.fields.flags |= TOMPION_SOURCE_TRUST }
    if settings.require { info.fields.flags |= TOMPION_SOURCE_REQUIRE }
    info.fields.reference_id = ReferenceID(settings.referenceID).rawValue
    info.fields.max_poll = 0
  }

  /// The handle of an open line, nil = there is none.
  var handle: UInt32? {
    if case .open(let handle) = line { return handle }
    return nil
  }

  /// Whether a handle is this one's, in whatever state.
  func owns(_ handle: UInt32) -> Bool {
    switch line {
    case .opening(handle), .open(handle), .gone(handle): true
    default: false
    }
  }

  /// Its line stands: what came before is of no use.
  mutating func begin(_ handle: UInt32) {
    line = .open(handle)
    pause = Self.firstPause
    trouble = ""
    serial.reset()
    lines.reset()
    receiver.interrupt()
  }

  /// Brings a sample into the ABI's shape.
  mutating func sample(_ made: ReceiverSample) -> Sample {
    sequence &+= 1
    poll = made.poll
    var flags: SampleFlags = [.oneWay, .reply]
    if made.taiOffset != nil { flags.insert(.hasTAIOffset) }
    return Sample(
      source: SourceID(rawValue: source), sequence: sequence, flags: flags, clock: made.stamp.clock,
      era: made.stamp.era, local: made.stamp.time, reference: made.reference, raw: made.stamp.raw,
      dispersion: made.dispersion, referenceID: ReferenceID(settings.referenceID), taiOffset: made.taiOffset ?? 0,
      leap: made.leap, stratum: 0, precision: made.precision, poll: made.poll, receiveKind: made.stamp.kind,
      transmitKind: .none)
  }

  /// How late its messages are is to be learned, and not known yet: it would take the clock along instead.
  private var isLearning: Bool { settings.options.learnsDelay && receiver.learner.delay == nil }

  /// A second has passed: the reach register moves on with each interval.
  mutating func countSecond() {
    secondsLeft -= 1
    guard secondsLeft <= 0 else { return }
    secondsLeft = 1 << Int64(poll)
    let isNew = receiver.counters.published != publishedBefore
    publishedBefore = receiver.counters.published
    info.fields.polls &+= 1
    info.fields.reach = info.fields.reach << 1 | (isNew ? 1 : 0)
    info.fields.unanswered = isNew ? 0 : info.fields.unanswered &+ 1
  }

  /// Brings what people see up to date.
  mutating func refreshInfo() {
    let counters = receiver.counters
    info.fields.last_reply_raw_ns = receiver.lastPublished?.nanoseconds ?? 0
    info.fields.replies = counters.published
    info.fields.rejected = counters.refused &+ counters.damaged &+ counters.unfit
    info.fields.poll = poll
    if !settings.noselect, !isLearning { info.fields.flags &= ~TOMPION_SOURCE_NOSELECT }
    let now = standing
    ticks &+= 1
    guard now.isNews(after: shown) || ticks & 7 == 0 && now != shown else { return }
    shown = now
    info.lastError = now.text
  }

  private var standing: Standing {
    if !trouble.isEmpty { return .lost(trouble) }
    if let unfitness = receiver.unfitness { return .unfit(unfitness, satellites: receiver.fitness.satellites) }
    guard receiver.isBelieved else { return receiver.counters.lastRefusal.map { .refused($0) } ?? .unknown }
    if isLearning { return .learning }
    return feeds.first { !$0.trouble.isEmpty }.map { .notPassedOn($0.trouble) } ?? .well(receiver.fitness.signs)
  }
}
