// SPDX-License-Identifier: Apache-2.0

package import Filtering
import Numerics
package import TimeTypes

/// One estimate over the samples of all survivors: a bank of clocks, fed with each fresh sample under the noise of its own path and less
/// its source's bias. Better than averaging the sources' own lines, because what the oscillator does is common to all of them.
///
/// It asks for the filter it needs (`request`), takes it (`take`) and tells the estimate. With a single survivor it is that source's
/// own bank. Docs/algorithm.md, section 5.
package struct JointFilter: Sendable, BitwiseCopyable {
  /// A source whose filter has seen fewer samples does not contribute yet, if another has seen more.
  package static var mature: UInt32 { @_noAllocation @_noLocks get { 16 } }

  /// The part of the way to the middle that each sample moves the biases.
  private static var centering: Double { @_noAllocation @_noLocks get { 1.0 / 64 } }

  private var bank = ClockBank()
  private var anchor = ClockLine(raw: RawInstant(nanoseconds: 0), time: .zero, frequency: .zero)
  package private(set) var isStarted = false
  private var isDistrusted = false
  private var biases = InlineArray<64, SourceBias>(repeating: SourceBias())
  private var lastUpdate = RawInstant(nanoseconds: 0)
  /// Variance per second by which new samples move the estimate.
  private var agitation = 0.0
  private var moves = 0.0

  package enum Request: Sendable, BitwiseCopyable, Equatable {
    /// The filter of the survivor at this position is all there is, or the best to begin with.
    case adopt(Int)
    /// The survivor at this position has a fresh sample to add.
    case add(Int)
    /// The same, but beside a pulse it would only do harm: its bias is learned.
    case learn(Int)
  }

  @_noAllocation @_noLocks
  package init() {}

  /// Which survivor's filter is needed now; nil: none, nothing is new.
  @_noAllocation @_noLocks
  package func request(_ survivors: borrowing SurvivorList) -> Request? {
    var contributors = 0
    var best = -1
    var fresh = -1
    let hasPreferred = survivors.hasPreferred
    let hasMature = survivors.hasMature(Self.mature, preferred: hasPreferred)
    let reach = survivors.leastReach(Self.mature, preferred: hasPreferred)
    var coarse = -1
    var least = Double.infinity
    for i in 0..<survivors.count {
      let survivor = survivors[i]
      if hasPreferred && !survivor.isPreferred { continue }
      if hasMature && survivor.estimate.sampleCount < Self.mature { continue }
      if survivor.isCoarse(beside: reach) {
        if survivor.isFresh { coarse = i }
        continue
      }
      contributors += 1
      if survivor.isFresh { fresh = i }
      if survivor.estimate.offsetError < least {
        least = survivor.estimate.offsetError
        best = i
      }
    }
    if best < 0 { return nil }
    if !isStarted || isDistrusted { return .adopt(best) }
    if fresh < 0 { return coarse < 0 ? nil : .learn(coarse) }
    // While no source knows its path yet, the one that knows most is better than all of them.
    return contributors == 1 || !hasMature ? .adopt(best) : .add(fresh)
  }

  /// Carries out a request with the filter asked for.
  @_noAllocation @_noLocks
  package mutating func take(
    _ request: Request, _ filter: SourceFilter, _ survivors: borrowing SurvivorList, at now: RawInstant
  ) {
    switch request {
    case .adopt(let position):
      let index = entry(survivors[position].source)
      if index >= 0 { settle(index, survivors[position]) }
      let line = isStarted ? self.line(at: now) : filter.anchor
      adopt(filter, bias: index >= 0 ? biases[index].value : 0)
      if index >= 0 { biases[index].hasContributed = true }
      if isStarted && !isDistrusted { stir((self.line(at: now).time - line.time(at: now)).inSeconds, at: now) }
      isStarted = true
      isDistrusted = false
    case .add(let position):
      let before = state(at: now).x
      add(survivors[position], filter, survivors, at: now)
      stir(state(at: now).x - before, at: now)
    case .learn(let position):
      let survivor = survivors[position]
      let index = entry(survivor.source)
      guard index >= 0 else { return }
      let distance = (survivor.estimate.line.time(at: now) - line(at: now).time).inSeconds
      biases[index].learn(distance, deviation: survivor.estimate.offsetError)
      return
    }
    if !bank.isSound { isDistrusted = true }
    lastUpdate = now
  }

  /// A pulse has no more bias than it says that it may be wrong by: what is beyond that is the others'.
  @_noAllocation @_noLocks
  private mutating func settle(_ index: Int, _ survivor: Survivor) {
    guard survivor.estimate.isOneWay else { return }
    let value = biases[index].value
    guard value.magnitude > survivor.reach else { return }
    for i in 0..<64 where biases[i].isUsed { biases[i].move(by: -value) }
    biases[index] = SourceBias(survivor.source)
  }

  /// A source turned out to be false: what it contributed goes, the next best source is begun with.
  @_noAllocation @_noLocks
  package mutating func distrust(_ source: SourceID) {
    for i in 0..<64 where biases[i].isUsed && biases[i].source == source && biases[i].hasContributed {
      isDistrusted = true
      biases[i].hasContributed = false
    }
  }

  @_noAllocation @_noLocks
  package mutating func forget(_ source: SourceID) {
    for i in 0..<64 where biases[i].isUsed && biases[i].source == source { biases[i] = SourceBias() }
  }

  /// The bias of a source, and whether it is known well enough to tell its movement; nil for strangers.
  @_noAllocation @_noLocks
  package func bias(of source: SourceID) -> SourceBias? {
    for i in 0..<64 where biases[i].isUsed && biases[i].source == source { return biases[i] }
    return nil
  }

  /// Moves all that is known of the reference, as when a leap second passes.
  @_noAllocation @_noLocks
  package mutating func shift(by interval: TimeInterval) { anchor.time = anchor.time + interval }

  /// The counter is known to run so much slower since a moment.
  @_noAllocation @_noLocks
  package mutating func bend(by change: Double, at now: RawInstant) {
    if isStarted { bank.bend(by: change, at: (now - anchor.raw).inSeconds) }
  }

  /// The joint line carried to `now` with the growth of its errors; nil before the first sample.
  @_noAllocation @_noLocks
  package func prediction(at now: RawInstant) -> JointPrediction? {
    guard isStarted, bank.isSound else { return nil }
    let mean = state(at: now)
    return JointPrediction(
      line: anchor.line(offset: mean.x, frequency: mean.y, at: now), offsetError: squareRoot(mean.xx),
      frequencyError: Frequency(ratio: squareRoot(mean.yy)), agitation: agitation)
  }

  @_noAllocation @_noLocks
  private func line(at now: RawInstant) -> ClockLine {
    let mean = state(at: now)
    return anchor.line(offset: mean.x, frequency: mean.y, at: now)
  }

  /// The bank's mixture carried to `now`.
  @_noAllocation @_noLocks
  private func state(at now: RawInstant) -> ClockState {
    var bank = bank
    bank.predict(to: (now - anchor.raw).inSeconds)
    return bank.mean
  }

  @_noAllocation @_noLocks
  private mutating func adopt(_ filter: SourceFilter, bias: Double) {
    bank = filter.path.bank
    anchor = filter.anchor
    bank.shift(offset: -bias, offsetVariance: filter.path.asymmetryVariance, frequencyVariance: 0)
  }

  @_noAllocation @_noLocks
  private mutating func add(
    _ survivor: Survivor, _ filter: SourceFilter, _ survivors: borrowing SurvivorList, at now: RawInstant
  ) {
    let index = entry(survivor.source)
    var measurement = Measurement(survivor.estimate.newest, from: anchor)
    let path = filter.path
    if measurement.time >= bank.time {
      bank.predict(to: measurement.time)
      bank.setFloor(path.bank.mean.d, variance: path.bank.mean.dd)
      measurement.offset -= path.asymmetry
      if index >= 0 { measurement.offset -= biases[index].value }
      bank.add(measurement, path.noise.withoutRare)
    }
    guard index >= 0 else { return }
    biases[index].hasContributed = true
    let own = survivor.estimate.line.time(at: now)
    let distance = (own - line(at: now).time).inSeconds
    biases[index].learn(distance, deviation: survivor.estimate.offsetError)
    center(survivors)
  }

  /// Biases are told from the middle of the survivors, each weighed by how unlike its path's directions may be.
  @_noAllocation @_noLocks
  private mutating func center(_ survivors: borrowing SurvivorList) {
    var weights = 0.0
    var sum = 0.0
    for i in 0..<survivors.count {
      let survivor = survivors[i]
      let index = entry(survivor.source)
      guard index >= 0, biases[index].samples > 0 else { continue }
      let estimate = survivor.estimate
      // More than half the delay no path can add: that is no bias, but a lie or a mistake.
      guard biases[index].value.magnitude <= 0.5 * estimate.statistics.delay + 4 * estimate.offsetError else {
        continue
      }
      // An eighth of the delay is a usual asymmetry.
      let reach = 0.125 * estimate.statistics.delay + estimate.offsetError
      let weight = 1 / (reach * reach + 1e-24)
      weights += weight
      sum += weight * biases[index].value
    }
    guard weights > 0 else { return }
    // Line and biases move together, and slowly: nothing jumps, and no measurement looks wrong for it.
    let middle = sum / weights * Self.centering
    if middle == 0 { return }
    for i in 0..<64 where biases[i].isUsed { biases[i].move(by: -middle) }
    bank.shift(offset: middle, offsetVariance: 0, frequencyVariance: 0)
  }

  @_noAllocation @_noLocks
  private mutating func stir(_ move: Double, at now: RawInstant) {
    let elapsed = (now - lastUpdate).inSeconds
    moves = moves < 32 ? moves + 1 : 32
    agitation += (move * move / (elapsed > 0.1 ? elapsed : 0.1) - agitation) / moves
  }

  /// The place of a source's bias, made where there is none; −1 when all are taken.
  @_noAllocation @_noLocks
  private mutating func entry(_ source: SourceID) -> Int {
    var free = -1
    for i in 0..<64 {
      if biases[i].isUsed {
        if biases[i].source == source { return i }
      } else if free < 0 {
        free = i
      }
    }
    if free >= 0 { biases[free] = SourceBias(source) }
    return free
  }
}

/// The joint estimate at one moment, errors one deviation.
package struct JointPrediction: Sendable, BitwiseCopyable {
  package var line: ClockLine
  package var offsetError: Double
  package var frequencyError: Frequency
  package var agitation: Double
}
