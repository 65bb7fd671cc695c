// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Discipline
import Filtering
import Fusion
import Numerics
import Selection
public import TimeTypes

/// The engine of one clock: events in, actions out, and nothing else. [discipline]
///
/// It is the only place where filtering, selection, fusion and discipline meet. It reads no clock, opens nothing and, after
/// `init`, allocates nothing; the same events give the same actions, bit for bit.
public struct Engine: ~Copyable {
  /// The most sources that an engine can hold.
  public static var maximumCapacity: Int { 64 }

  /// The clock it disciplines.
  public let clock: ClockID
  public let parameters: EngineParameters
  /// How many sources it takes: the capacity asked for, at least 1 and at most `maximumCapacity`.
  public let capacity: Int

  let storage = EngineStorage()
  let gate: SanityGate
  let stepPolicy: StepPolicy
  let driftBound: DriftBound
  var servo: Servo
  /// In place of `servo`, from the clock's first reading on, where the parameters say so.
  var piServo: PIServo?
  /// The first correction was decided on.
  var hasCorrected = false
  var joint = JointFilter()
  var survivors = SurvivorList()

  // The steered clock as it was last told of.
  var reading: ClockLine?
  var era = ClockEra(rawValue: 0)

  // What is believed of the reference, and where it came from.
  var fused: FusedEstimate?
  var system = SystemVariables()
  var sanity = SanityState.good
  var steering: SteeringState
  /// The gate is open for the next agreed offset (an operator's force, or the first synchronization).
  var isForced = false
  var hasAdopted = false
  /// That there is no majority was said, and none was found since.
  var toldNoMajority = false
  var hasSynchronized = false

  // Clock actions under way, and what became of refused ones.
  var outstanding = 0
  var isStepping = false
  var outstandingSince = RawInstant(nanoseconds: 0)
  var retryAt = RawInstant(nanoseconds: 0)
  var retryPause = 1.0

  /// What was last said of the oscillator by its temperature.
  var compensation: Frequency?
  var leap = LeapState()
  /// All candidates smear leap seconds: none is armed then, and TAI − UTC is no whole number.
  var followsSmearing = false
  /// What was last published.
  package internal(set) var state: TimeState
  var lastStatus: RawInstant?
  /// Seconds between the clock's last two readings.
  var tickGap = 1.0
  /// Samples of unknown sources, of other clocks, or without a usable timescale.
  package internal(set) var strayed: UInt64 = 0

  public init(clock: ClockID, parameters: EngineParameters, capacity: Int = 64) {
    self.clock = clock
    self.parameters = parameters
    self.capacity = capacity < 1 ? 1 : (capacity > Self.maximumCapacity ? Self.maximumCapacity : capacity)
    gate = SanityGate(
      maximumPositive: parameters.maximumPositivePhaseCorrection,
      maximumNegative: parameters.maximumNegativePhaseCorrection)
    stepPolicy = StepPolicy(
      maximumForward: parameters.maximumForwardSlew, maximumBackward: parameters.maximumBackwardSlew,
      neverStepBackward: parameters.neverStepBackward)
    driftBound = DriftBound(parameters.driftBound.ratio)
    servo = Servo(
      maximumSlewRate: parameters.maximumSlewRate.ratio, maximumFrequency: parameters.maximumFrequency.ratio,
      maximumReferenceFrequency: parameters.maximumReferenceFrequency.ratio, smoothness: parameters.smoothness)
    steering = parameters.steer ? .waiting : .observing
    state = TimeState(clock: clock, dispersionRate: parameters.driftBound)
  }

  /// Takes in one event and appends to `actions` what it asks of the world. Real-time: no allocation, no lock.
  @_noAllocation @_noLocks
  public mutating func handle(_ event: Event, into actions: inout Actions) {
    switch event {
    case .sample(let sample, let now): take(sample, at: now, &actions)
    case .tick(let reading): tick(reading, &actions)
    case .sourceAdded(let id, let options, let now): add(id, options, at: now, &actions)
    case .sourceChanged(let id, let options, let reach, let now): change(id, options, reach: reach, at: now, &actions)
    case .sourceRemoved(let id, let now): remove(id, at: now, &actions)
    case .sourceLocked(let id, let keeper, _): lock(id, to: keeper)
    case .applied(let reading, let stepped): applied(reading, stepped: stepped, &actions)
    case .refused(let error, let now): refused(error, at: now, &actions)
    case .clockMoved(let reading, let interval): clockMoved(reading, by: interval, &actions)
    case .clockFrequencyChanged(let reading): frequencyChanged(reading, &actions)
    case .compensated(let frequency, let now): compensate(frequency, at: now)
    case .resync(let force, let now): resync(force: force, at: now, &actions)
    case .leapTable(let table, let now): learn(table, at: now, &actions)
    }
  }

  /// Whether the next agreed offset passes the sanity gate, whatever it is.
  var isGateOpen: Bool {
    @_noAllocation @_noLocks get {
      if isForced || isStepping { return true }
      if case .accept = parameters.firstSync { return !hasAdopted }
      return false
    }
  }

  /// What is believed of the reference's frequency when a source begins.
  var frequencyPrior: FrequencyPrior {
    @_noAllocation @_noLocks get {
      if let fused, fused.frequencyError.ratio < parameters.unknownFrequencyError.ratio {
        let deviation = 3 * fused.frequencyError.ratio
        return FrequencyPrior(
          mean: fused.line.frequency, deviation: Frequency(ratio: deviation > 1e-6 ? deviation : 1e-6))
      }
      if let known = parameters.initialFrequency {
        return FrequencyPrior(mean: known, deviation: parameters.initialFrequencyError)
      }
      return FrequencyPrior(mean: .zero, deviation: parameters.unknownFrequencyError)
    }
  }
}
