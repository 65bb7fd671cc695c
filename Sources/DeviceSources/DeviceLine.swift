// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import ProviderKit
package import TimeTypes

/// What a source that is a device has towards host and people, whatever the device is: its handles, reach, and what its line in
/// `tompion sources` says.
package struct DeviceLine<State: DeviceState> {
  package let name: String
  package let referenceID: ReferenceID
  /// The host's number of the source, and its device; 0 = none.
  package internal(set) var source: UInt32 = 0
  package internal(set) var device: UInt32 = 0
  package var info = SourceInfo()
  private var sequence: UInt32 = 0
  /// When the device may be tried again.
  var retry = RawInstant(nanoseconds: .min)
  /// Why it cannot be opened, "" = it is.
  var trouble = ""
  /// What became of the last attempt.
  var opening: DeviceOpening?
  /// What the words that people see were made of.
  private var shown: (state: State, trouble: String, refused: UInt32)?
  private var ticks: UInt32 = 0
  private var usedBefore: UInt32 = 0
  /// What was last told by an event, and for how many ticks it has been something else.
  private var told = State.waiting
  private var other = 0

  package init(_ settings: some DeviceSettings) {
    name = settings.name.isEmpty ? settings.device : settings.name
    referenceID = ReferenceID(settings.referenceID)
    info.name = name
    info.address = settings.device
    info.fields.reference_id = referenceID.rawValue
    (info.fields.poll, info.fields.min_poll, info.fields.max_poll) = (settings.poll, settings.poll, settings.poll)
    info.fields.flags = TOMPION_SOURCE_REFCLOCK
    if settings.prefer { info.fields.flags |= TOMPION_SOURCE_PREFER }
    if settings.noselect { info.fields.flags |= TOMPION_SOURCE_NOSELECT }
    if settings.trust { info.fields.flags |= TOMPION_SOURCE_TRUST }
    if settings.require { info.fields.flags |= TOMPION_SOURCE_REQUIRE }
  }

  package var isOpen: Bool { device != 0 }

  package mutating func nextSequence() -> UInt32 {
    sequence &+= 1
    return sequence
  }

  /// An interval of the reach register is over; `used`: samples so far. True: it is reachable now, false: not any more, nil: as before.
  package mutating func count(used: UInt32) -> Bool? {
    let hadReach = info.fields.reach != 0
    let isNew = used != usedBefore
    usedBefore = used
    info.fields.reach = info.fields.reach << 1 | (isNew ? 1 : 0)
    info.fields.unanswered = isNew ? 0 : info.fields.unanswered &+ 1
    let hasReach = info.fields.reach != 0
    return hadReach == hasReach ? nil : hasReach
  }

  /// A second has passed in this state. One that holds for four seconds is news; what flickers is not told.
  package mutating func settle(_ state: State) -> State? {
    other = state.isLike(told) ? 0 : other + 1
    guard other >= 4 else { return nil }
    (told, other) = (state, 0)
    return state
  }

  /// Brings the words that people see up to date, once a second: nothing is made where they are still true, and figures in them may be
  /// eight seconds old. `text`: of the state, "" = all is well; `counts`: of what was refused, `refused` of them.
  mutating func show(_ state: State, refused: UInt32, text: () -> String, counts: () -> String) {
    ticks &+= 1
    if let shown, state.isLike(shown.state), shown.trouble == trouble, ticks & 7 != 0 || shown.refused == refused {
      return
    }
    shown = (state, trouble, refused)
    let words = trouble.isEmpty ? text() : trouble
    guard words.isEmpty else { return info.lastError = words }
    let refusals = counts()
    info.lastError = refusals.isEmpty ? "" : "so far \(refusals)"
  }
}
