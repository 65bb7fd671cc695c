// SPDX-License-Identifier: Apache-2.0

import Discipline
import Filtering
import Numerics
import TimeTypes

extension Engine {
  /// So many refusals in a row by the sanity gate make a source unselectable, although its older samples were good.
  static var refusalsToExclude: Int { @_noAllocation @_noLocks get { 3 } }

  /// A sample that reaches the engine later than this, seconds, is not used.
  static var oldestSample: Double { @_noAllocation @_noLocks get { 300 } }

  /// The most that a source's own precision makes of its readings, seconds; and an operator's.
  static var coarsest: Double { @_noAllocation @_noLocks get { 0.1 } }
  static var coarsestWord: Double { @_noAllocation @_noLocks get { 3600 } }

  @_noAllocation @_noLocks
  mutating func take(_ sample: Sample, at now: RawInstant, _ actions: inout Actions) {
    let index = find(sample.source)
    // A moment that is not of late cannot be true, and one in the future would make every later sample stale.
    let age = (now - sample.raw).inSeconds
    guard sample.clock == clock, index >= 0, age > -1, age < Self.oldestSample else {
      strayed &+= 1
      return
    }
    guard admitsProof(of: sample, index) else {
      strayed &+= 1
      return
    }
    passLeap(at: sample.raw, &actions)
    if storage.slots[index].options.ownClock {
      // It says at what stratum it is served; of the time it says nothing that the clock does not.
      describe(index, sample)
      update(at: now, &actions)
      return
    }
    readClock(by: sample)
    describe(index, sample)
    guard !storage.slots[index].isUnsynchronized, let told = utc(of: sample, index) else {
      update(at: now, &actions)
      return
    }
    let reference = onOurSideOfLeap(told, of: sample)
    let offset = localOffset(of: sample, reference)
    storage.slots[index].lastOffset = offset
    let observation = Self.observation(
      sample, reference, rootError: storage.slots[index].rootError,
      coarsest: storage.slots[index].options.manual ? Self.coarsestWord : Self.coarsest)
    if gate.refuses(offset.inSeconds) && !isGateOpen {
      refuse(index, sample, observation, offset: offset, &actions)
    } else {
      accept(index, sample, observation, offset: offset, &actions)
    }
    update(at: now, &actions)
    storage.slots[index].isFresh = false
  }

  /// Keeps what a sample says of its source besides the time.
  @_noAllocation @_noLocks
  private func describe(_ index: Int, _ sample: Sample) {
    storage.slots[index].stratum = sample.stratum
    storage.slots[index].leap = sample.leap
    storage.slots[index].referenceID = sample.referenceID
    storage.slots[index].rootDelay = Self.seconds(sample.rootDelayNanoseconds)
    storage.slots[index].rootDispersion = Self.seconds(sample.rootDispersionNanoseconds)
    storage.slots[index].filter.tell(rootError: storage.slots[index].rootError)
    storage.slots[index].samplePoll = sample.poll
    storage.slots[index].receiveKind = sample.receiveKind
    storage.slots[index].transmitKind = sample.transmitKind
    if sample.flags.rawValue & SampleFlags.hasTAIOffset.rawValue != 0 {
      storage.slots[index].taiOffset = sample.taiOffset
    }
    let mute = SampleFlags.pulse.rawValue | SampleFlags.noLeap.rawValue
    storage.slots[index].tellsLeap = sample.flags.rawValue & mute == 0
    let isReliable =
      storage.slots[index].options.reliable || sample.flags.rawValue & SampleFlags.reliable.rawValue != 0
    // Whoever follows one of stratum 15 would be at 16, which is nobody's to follow: so a ring of hosts counts up and ends.
    storage.slots[index].isUnsynchronized = !isReliable && (sample.stratum >= 15 || sample.leap == .unsynchronized)
  }

  /// The reference in UTC: TAI is turned by what the source or the leap table says, and a pulse is given its second anew.
  @_noAllocation @_noLocks
  private mutating func utc(of sample: Sample, _ index: Int) -> TimeInterval? {
    storage.slots[index].hasTimescale = true
    storage.slots[index].isUnnumbered = false
    if sample.flags.rawValue & SampleFlags.pulse.rawValue != 0 {
      if let moment = numbered(sample, index) { return moment }
      storage.slots[index].isUnnumbered = true
      strayed &+= 1
      return nil
    }
    switch sample.timescale {
    case .utc: return sample.reference
    case .tai:
      if let offset = storage.slots[index].taiOffset ?? leap.taiOffset {
        return sample.reference - TimeInterval.seconds(Int64(offset))
      }
    case .raw, .own:
      break
    }
    storage.slots[index].hasTimescale = false
    strayed &+= 1
    return nil
  }

  /// Reference − steered clock at the sample's moment. A stamp of an older era is not compared with it.
  @_noAllocation @_noLocks
  private func localOffset(of sample: Sample, _ reference: TimeInterval) -> TimeInterval {
    guard let reading else { return reference - sample.local }
    let local = reading.time(at: sample.raw)
    return reference - (sample.era != era ? local : onOurSideOfLeap(sample.local, expected: local, at: sample.raw))
  }

  @_noAllocation @_noLocks
  private static func observation(
    _ sample: Sample, _ reference: TimeInterval, rootError: Double, coarsest: Double
  ) -> Observation {
    let isOneWay = sample.flags.rawValue & SampleFlags.oneWay.rawValue != 0
    let delay = isOneWay ? 0 : Double(sample.delayNanoseconds) * 1e-9
    var asymmetry = delay > 0 ? 0.5 * delay : 0
    if sample.asymmetryBoundNanoseconds != .max {
      let bound = seconds(sample.asymmetryBoundNanoseconds)
      if bound < asymmetry || isOneWay { asymmetry = bound }
    }
    // A reading is anywhere within its last digit: the deviation of that is a √12th of it.
    let claimed = 0.29 * precisionInSeconds(sample.precision)
    let least = Observation.leastResolution
    return Observation(
      raw: sample.raw, reference: reference, delay: delay, isOneWay: isOneWay,
      dispersion: seconds(sample.dispersionNanoseconds), asymmetryBound: asymmetry, poll: sample.poll,
      resolution: claimed > least ? (claimed < coarsest ? claimed : coarsest) : least,
      rootError: rootError)
  }

  /// Nanoseconds of the wire as seconds, at most 10¹⁰ of them.
  @_noAllocation @_noLocks
  private static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) * 1e-9 }

  @_noAllocation @_noLocks
  private mutating func refuse(
    _ index: Int, _ sample: Sample, _ observation: Observation, offset: TimeInterval, _ actions: inout Actions
  ) {
    storage.slots[index].gated.add(observation)
    storage.slots[index].refusedRun += 1
    storage.slots[index].refused &+= 1
    let limit = TimeInterval(seconds: gate.limit(for: offset.inSeconds))
    actions.advise(.log(.tooBig(sample, offset: offset, limit: limit)))
  }

  @_noAllocation @_noLocks
  private mutating func accept(
    _ index: Int, _ sample: Sample, _ observation: Observation, offset: TimeInterval, _ actions: inout Actions
  ) {
    if storage.slots[index].refusedRun > 0 {
      storage.slots[index].refusedRun = 0
      storage.slots[index].gated = ClockFilter()
    }
    let verdict = storage.slots[index].filter.add(observation, prior: frequencyPrior)
    switch verdict {
    case .stale: return
    case .spike: storage.slots[index].spikes &+= 1
    case .taken: storage.slots[index].isFresh = true
    case .restarted:
      storage.slots[index].isFresh = true
      actions.advise(.log(.sourceRestarted(storage.slots[index].id, offset: offset)))
    }
    // A burst says nothing about how a longer interval would do.
    let isBurst = sample.flags.rawValue & SampleFlags.burst.rawValue != 0
    if !isBurst && storage.slots[index].filter.accepted > 8 {
      let doubt = storage.slots[index].filter.doubt
      _ = storage.slots[index].poll.update(offsetVariance: doubt.offset, frequencyVariance: doubt.frequency)
    }
    if case .restarted = verdict { _ = storage.slots[index].poll.restart() }
  }
}
