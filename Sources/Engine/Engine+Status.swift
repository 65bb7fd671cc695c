// SPDX-License-Identifier: Apache-2.0

package import Discipline
import Filtering
import Selection
package import TimeTypes

extension Engine {
  /// What was last published: the state of the clock. [discipline]
  package var timeState: TimeState { state }
  /// What the engine does with its clock, and why not.
  package var steeringState: SteeringState { steering }
  /// What the clock needs at rest: the PI servo's sum, or the reference's estimated frequency; nil before the first agreement.
  package var restFrequency: Frequency? {
    if let piServo { return Frequency(ratio: piServo.integral) }
    return fused?.line.frequency
  }
  /// The PI servo's state; nil = the engine's own servo steers, or nothing was steered yet.
  package var servoState: PIServo.State? { piServo?.state }
  /// Whether the clock is suspect.
  package var sanityState: SanityState { sanity }
  /// How many seconds until the engine wants its next tick: one, or less while a real offset is being slewed away.
  package var tickInterval: Double { @_noAllocation @_noLocks get { servo.isCorrecting ? Self.fastTick : 1 } }
  /// The slew now in force, without the reference's own frequency.
  package var slew: Frequency { Frequency(ratio: servo.slew) }
  /// The estimated frequency of the reference against the raw counter and one deviation of it; nil before the first
  /// agreement. It is what a drift file keeps.
  package var frequencyEstimate: (frequency: Frequency, deviation: Frequency)? {
    fused.map { ($0.line.frequency, $0.frequencyError) }
  }

  /// The report of one source, as of the last event; nil where the id is unknown.
  package func report(of id: SourceID) -> SourceReport? {
    let index = find(id)
    return index < 0 ? nil : report(slot: index)
  }

  /// The reports of all sources one by one: `slot` counts from 0 to `capacity`; nil where there is none.
  package func report(slot index: Int) -> SourceReport? {
    guard index >= 0, index < capacity, storage.slots[index].isUsed else { return nil }
    let slot = storage.slots[index]
    let estimate = slot.estimate
    let isKnown = !slot.filter.isEmpty
    var offset: TimeInterval?
    if isKnown, let reading { offset = TimeInterval(seconds: reading.offset(of: estimate.line, at: estimate.line.raw)) }
    return SourceReport(
      id: slot.id, options: slot.options, state: storage.selection.state(of: index), stratum: slot.stratum,
      leap: slot.leap,
      referenceID: slot.referenceID, reach: slot.hasReach ? slot.reach : nil, poll: slot.poll.poll,
      lastOffset: slot.lastOffset, offset: offset, frequency: estimate.line.frequency,
      offsetError: TimeInterval(seconds: estimate.offsetError), frequencyError: estimate.frequencyError,
      delay: TimeInterval(seconds: estimate.statistics.delay),
      dispersion: TimeInterval(seconds: estimate.statistics.measuredDispersion),
      jitter: TimeInterval(seconds: estimate.statistics.jitter), rootDistance: TimeInterval(seconds: slot.rootDistance),
      rootDelay: TimeInterval(seconds: slot.rootDelay), rootDispersion: TimeInterval(seconds: slot.rootDispersion),
      lastSample: isKnown ? slot.filter.newest.raw : nil, samples: slot.filter.accepted,
      receiveKind: slot.receiveKind, transmitKind: slot.transmitKind, refused: slot.refused,
      spikes: slot.spikes)
  }
}
