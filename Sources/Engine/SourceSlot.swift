// SPDX-License-Identifier: Apache-2.0

import Discipline
import Filtering
import Selection
import TimeTypes

/// All that the engine keeps of one source.
struct SourceSlot: BitwiseCopyable {
  var isUsed = false
  var id = SourceID(rawValue: 0)
  var options = SourceOptions()
  /// The provider's reach register; meaningful with `hasReach`.
  var reach: UInt8 = 0
  var hasReach = false
  var filter = SourceFilter()
  /// The samples that the sanity gate refused since the last one that passed.
  var gated = ClockFilter()
  /// How many of them in a row.
  var refusedRun = 0
  var refused: UInt32 = 0
  var spikes: UInt32 = 0
  var poll = PollControl(minimum: 6, maximum: 10)
  /// The interval last asked for; what is not asked yet is asked at the next tick.
  var requestedPoll: Int8?
  /// From the newest sample.
  var stratum: UInt8 = 16
  var leap = LeapIndicator.unsynchronized
  var referenceID = ReferenceID.none
  var rootDelay = 0.0
  var rootDispersion = 0.0
  /// What the source says that its own time may be wrong by, s.
  var rootError: Double { @_noAllocation @_noLocks get { 0.5 * rootDelay + rootDispersion } }
  var taiOffset: Int16?
  var isUnsynchronized = false
  /// Its leap indicator counts.
  var tellsLeap = true
  var hasTimescale = true
  /// It marks seconds, and nobody says which.
  var isUnnumbered = false
  /// Who alone says which; nil = all that is known together.
  var keeper: SourceID?
  var samplePoll: Int8 = 6
  /// Of the newest sample; told, never judged by.
  var receiveKind = StampKind.none
  var transmitKind = StampKind.none
  /// Offset of the newest sample against the steered clock when it was taken.
  var lastOffset = TimeInterval.zero
  /// Each sample in the filter was authenticated.
  var isProven = false
  /// The newest sample came with the event at hand.
  var isFresh = false
  /// The last estimate and what selection made of it.
  var estimate = SourceEstimate.none
  /// When the estimate was last worked out from the filter.
  private var workedOutAt = RawInstant(nanoseconds: 0)
  var rootDistance = 0.0
  var wasFalseticker = false
  /// Left out because it smears and others do not; said once.
  var wasSmearing = false
  /// It was at the orphan stratum or beyond while this host was in orphan mode; never forgotten.
  var wasOrphan = false

  /// An estimate of so many seconds ago is only carried on where nothing is new.
  private static var freshness: Double { @_noAllocation @_noLocks get { 0.5 } }

  /// Brings the estimate to `now`; false before the first sample.
  @_noAllocation @_noLocks
  mutating func renewEstimate(at now: RawInstant, driftBound: DriftBound) -> Bool {
    let age = (now - workedOutAt).inSeconds
    if !isFresh && estimate.sampleCount > 0 && age >= 0 && age < Self.freshness {
      estimate.carry(to: now, driftBound: driftBound)
      return true
    }
    guard let renewed = filter.estimate(at: now, driftBound: driftBound) else { return false }
    estimate = renewed
    workedOutAt = now
    return true
  }

  /// Begins anew, as the source that it is.
  @_noAllocation @_noLocks
  mutating func forgetSamples() {
    filter = SourceFilter()
    gated = ClockFilter()
    refusedRun = 0
    estimate = .none
  }

  @_noAllocation @_noLocks
  init() {}
}

/// The engine's large state, allocated once. A final class, so that it lies on the heap and is changed in place.
final class EngineStorage {
  var slots = InlineArray<64, SourceSlot>(repeating: SourceSlot())
  var candidates = CandidateList()
  var selection = SourceSelection()

  init() {}
}
