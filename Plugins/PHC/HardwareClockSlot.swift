// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// One hardware clock as the provider drives it.
struct HardwareClockSlot {
  let settings: HardwareClockSettings
  /// What people and the network are told of the time's origin.
  let referenceID: ReferenceID
  var clock: HardwareClockSource
  /// The host's number of the source, and its device; 0 = none.
  var source: UInt32 = 0
  var device: UInt32 = 0
  var info = SourceInfo()
  var sequence: UInt32 = 0
  var isPrecise = false
  /// How it was read last; nil = not yet, or the host does not say.
  var reading: DeviceMark.Reading?
  /// When the device may be tried again.
  var retry = RawInstant(nanoseconds: .min)
  /// Why it cannot be opened, "" = it is.
  var deviceError = ""
  var deviceStatus = Status.ok
  /// What the texts that people see were made of.
  private var textState: HardwareClockSource.State?
  private var textError = ""
  private var textRefused: UInt32 = 0
  private var ticks: UInt32 = 0
  private var usedBefore: UInt32 = 0
  private var jumpsBefore: UInt32 = 0
  /// When the next bit of the reach register is due.
  private var due = RawInstant(nanoseconds: .min)
  /// What was last told by an event, and for how many ticks it has been something else.
  private var told = HardwareClockSource.State.waiting
  private var other = 0

  init(_ settings: HardwareClockSettings) {
    self.settings = settings
    referenceID = ReferenceID(settings.referenceID)
    clock = HardwareClockSource(settings.options)
  }

  var name: String { settings.name.isEmpty ? settings.device : settings.name }

  enum News {
    case reachable
    case unreachable
    case state(HardwareClockSource.State)
    case jumped
  }

  /// A second passed; the reach register moves on with each poll. What people have to know of.
  mutating func tick(now: RawInstant) -> [News] {
    var news: [News] = []
    if now >= due {
      let period = TimeInterval.seconds(1 << Int64(max(settings.options.poll, 0)))
      due = now + period - .milliseconds(100)
      let hadReach = info.fields.reach
      let isNew = clock.used != usedBefore
      usedBefore = clock.used
      info.fields.reach = hadReach << 1 | (isNew ? 1 : 0)
      info.fields.unanswered = isNew ? 0 : info.fields.unanswered &+ 1
      if hadReach == 0, isNew { news.append(.reachable) }
      if hadReach != 0, info.fields.reach == 0 { news.append(.unreachable) }
    }
    if clock.jumps != jumpsBefore {
      jumpsBefore = clock.jumps
      news.append(.jumped)
    }
    other = clock.state.isLike(told) ? 0 : other + 1
    if other >= 4 {
      (told, other) = (clock.state, 0)
      news.append(.state(told))
    }
    return news
  }

  /// The numbers that people see. Once a second, so that nothing is allocated here.
  mutating func refreshNumbers() {
    info.fields.polls = clock.readings
    info.fields.replies = clock.used
    info.fields.rejected = clock.refusedInAll
    ticks &+= 1
  }

  /// What is told in words is not true any more; figures in it may be some seconds old.
  var areTextsOld: Bool {
    guard let textState, clock.state.isLike(textState), textError == deviceError else { return true }
    return ticks & 7 == 0 && textRefused != clock.refusedInAll
  }

  /// What people see in words, and what never changes.
  mutating func refreshTexts() {
    (textState, textError, textRefused) = (clock.state, deviceError, clock.refusedInAll)
    info.name = name
    info.address = settings.device
    info.fields.flags = flags
    info.fields.reference_id = referenceID.rawValue
    let poll = settings.options.poll
    (info.fields.poll, info.fields.min_poll, info.fields.max_poll) = (poll, poll, poll)
    let state = deviceError.isEmpty ? clock.state.text : deviceError
    let counts = countsText
    info.lastError = state.isEmpty ? (counts.isEmpty ? "" : "so far \(counts)") : state
  }

  /// By which system call it is read, for people; "" = nobody says.
  var readingText: String { reading.map { ", read by \($0.text)" } ?? "" }

  /// Refused readings, for people.
  var countsText: String {
    var parts: [String] = []
    for fault in HardwareClockFault.allCases where clock.count(of: fault) > 0 {
      parts.append("\(clock.count(of: fault)) \(fault.text)")
    }
    return parts.joined(separator: ", ")
  }

  private var flags: UInt32 {
    var flags = TOMPION_SOURCE_REFCLOCK
    let options = settings.options
    if options.prefer { flags |= TOMPION_SOURCE_PREFER }
    if options.noselect { flags |= TOMPION_SOURCE_NOSELECT }
    if options.trust { flags |= TOMPION_SOURCE_TRUST }
    if options.require { flags |= TOMPION_SOURCE_REQUIRE }
    return flags
  }
}

extension HardwareClockSource.State {
  /// Of one kind: whose figures differ is no news.
  func isLike(_ other: HardwareClockSource.State) -> Bool {
    switch (self, other) {
    case (.waiting, .waiting), (.gathering, .gathering), (.running, .running), (.unlocked, .unlocked): true
    case (.refusing(let a, _), .refusing(let b, _)): a == b
    default: false
    }
  }
}
