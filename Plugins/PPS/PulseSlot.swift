// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// One source of pulses as the provider drives it.
struct PulseSlot {
  let settings: PulseSettings
  /// What people and the network are told of the time's origin.
  let referenceID: ReferenceID
  var pulses: PulseSource
  /// The host's number of the source, and its device; 0 = none.
  var source: UInt32 = 0
  var device: UInt32 = 0
  var info = SourceInfo()
  var sequence: UInt32 = 0
  /// Samples at the last tick.
  private var usedBefore: UInt32 = 0
  private var movesBefore: UInt32 = 0
  /// When the device may be tried again.
  var retry = RawInstant(nanoseconds: .min)
  /// Why it cannot be opened, "" = it is.
  var deviceError = ""
  var deviceStatus = Status.ok
  /// What the texts that people see were made of.
  private var textState: PulseSource.State?
  private var textError = ""
  private var textRefused: UInt32 = 0
  private var ticks: UInt32 = 0
  /// What was last told by an event, and for how many ticks it has been something else.
  private var told = PulseSource.State.waiting
  private var other = 0

  init(_ settings: PulseSettings) {
    self.settings = settings
    referenceID = ReferenceID(settings.referenceID)
    pulses = PulseSource(settings.options)
  }

  var name: String { settings.name.isEmpty ? settings.device : settings.name }

  enum News {
    case reachable
    case unreachable
    case state(PulseSource.State)
    case moved
  }

  /// A second passed: the reach register moves on. What people have to know of: at most three.
  mutating func tick(isOpen: Bool) -> [News] {
    var news: [News] = []
    let used = pulses.counters.used
    let hadReach = info.fields.reach
    info.fields.reach = hadReach << 1 | (used != usedBefore ? 1 : 0)
    info.fields.unanswered = used != usedBefore ? 0 : info.fields.unanswered &+ 1
    info.fields.polls &+= isOpen ? 1 : 0
    usedBefore = used
    if hadReach == 0, info.fields.reach != 0 { news.append(.reachable) }
    if hadReach != 0, info.fields.reach == 0 { news.append(.unreachable) }
    if pulses.counters.moves != movesBefore {
      movesBefore = pulses.counters.moves
      news.append(.moved)
    }
    // A state that holds for four seconds is one; what flickers is not told.
    other = pulses.state.isLike(told) ? 0 : other + 1
    if other >= 4 {
      (told, other) = (pulses.state, 0)
      news.append(.state(told))
    }
    return news
  }

  /// The numbers that people see. Once a second, so that nothing is allocated here.
  mutating func refreshNumbers() {
    info.fields.replies = pulses.counters.used
    info.fields.rejected = pulses.counters.refusedInAll
    ticks &+= 1
  }

  /// What is told in words is not true any more; figures in it may be some seconds old.
  var areTextsOld: Bool {
    guard let textState, pulses.state.isLike(textState), textError == deviceError else { return true }
    return ticks & 7 == 0 && textRefused != pulses.counters.refusedInAll &+ pulses.counters.missing
  }

  /// What people see in words, and what never changes.
  mutating func refreshTexts() {
    let counters = pulses.counters
    (textState, textError, textRefused) = (pulses.state, deviceError, counters.refusedInAll &+ counters.missing)
    info.name = name
    info.address = settings.device
    info.fields.flags = flags
    info.fields.reference_id = referenceID.rawValue
    (info.fields.poll, info.fields.min_poll, info.fields.max_poll) = (0, 0, 0)
    let state = deviceError.isEmpty ? pulses.state.text(pulses.edges, width: widthText) : deviceError
    let counts = counters.text
    info.lastError = state.isEmpty ? (counts.isEmpty ? "" : "so far \(counts)") : state
  }

  /// Which edge looks right.
  var widthText: String {
    guard case .wrong(let width) = pulses.edges.verdict else { return "the other edge marks the second" }
    let right = settings.options.edge.other.rawValue
    return "the \(right) edge looks right: pulses of \(width.millisecondsText) ms begin there"
      + "; edge = \"\(right)\", or width_check = false"
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

extension PulseSource.State {
  /// Of one kind: whose figures differ is no news.
  func isLike(_ other: PulseSource.State) -> Bool {
    switch (self, other) {
    case (.waiting, .waiting), (.gathering, .gathering), (.locked, .locked), (.unlocked, .unlocked): true
    case (.refusing(let a, _), .refusing(let b, _)): a == b
    default: false
    }
  }
}
