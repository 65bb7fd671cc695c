// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// A PTP hardware clock as a line over CLOCK_MONOTONIC_RAW: offset and rate out of its last readings, robust against outliers.
///
/// Pure: readings come as values, in the order of their raw time. The rate is the median of the slopes between readings (Theil and
/// Sen), which survives three wrong readings in ten; the offset is the mean of what lies near the median residual. Where the newest
/// good reading does not fit the line of all within its own bracket, the clock was steered meanwhile, and only the younger half counts, and
/// so on. A reading that contradicts the line makes the line uncertain (nothing is converted) until a later one tells an outlier from a
/// jump, a clock that stands still, or one whose rate nobody can believe.
package struct CardLine: Sendable {
  package enum State: UInt8, Sendable, BitwiseCopyable {
    /// Too few readings, or too close together.
    case starting
    case running
    /// The last reading contradicts the line.
    case uncertain
    /// The clock stands still, or nearly.
    case stopped
    /// It runs more than 1 % wrong: an emulated or broken one.
    case wild
  }

  /// What a reading changed.
  package enum Verdict: UInt8, Sendable, BitwiseCopyable {
    /// It is on the line, or the line is not there yet.
    case taken
    /// Not newer than the last one: ignored.
    case stale
    /// It contradicts the line; the next one decides.
    case doubted
    /// The one before was an outlier; it is forgotten.
    case recovered
    /// Somebody changed the clock's rate: the line begins again.
    case bent
    /// Somebody moved the clock: the line begins again.
    case jumped
    /// It stands still since this or an earlier reading.
    case stopped
    case wild
    /// It runs again after it stood still or was wild.
    case resumed
  }

  package static let capacity = 16
  /// Readings older than this are not used.
  package static let memory = TimeInterval.seconds(32)
  /// Two readings nearer than this tell nothing of the rate.
  package static let baseline = TimeInterval.milliseconds(20)
  /// A rate further from the raw counter's than this is not believed.
  package static let believable = 0.01
  /// What an oscillator's or a servo's rate may change between two readings without being told apart from noise.
  static let wander = 5e-6
  /// The fastest that a clock is slewed by others; what is more is a jump.
  static let slew = 5e-4

  package private(set) var state = State.starting
  package private(set) var outliers: UInt64 = 0
  package private(set) var jumps: UInt64 = 0
  /// The line; nil before there is one. It is kept, but converts nothing, while `state` is not `.running`.
  package private(set) var line: ClockLine?
  /// Of the line near its readings, one-sided, ns.
  package private(set) var errorNanoseconds: UInt32 = .max
  /// Deviation of the line's rate.
  package private(set) var rateError = 1.0
  /// Stamps from before are of a time that the line does not describe.
  package private(set) var since = RawInstant(nanoseconds: .min)
  private var readings: InlineArray<16, PHCReading>
  package private(set) var count = 0
  private var doubted: PHCReading?
  /// From the first to the last reading that the line goes by.
  private var begin = RawInstant(nanoseconds: 0)
  private var end = RawInstant(nanoseconds: 0)

  package init() {
    readings = InlineArray(
      repeating: PHCReading(raw: RawInstant(nanoseconds: 0), device: .zero, errorNanoseconds: 0))
  }

  /// The last reading that was taken or doubted.
  package var newest: PHCReading? { doubted ?? (count > 0 ? readings[count - 1] : nil) }

  /// Takes a reading; what it changed.
  package mutating func take(_ reading: PHCReading) -> Verdict {
    guard let last = newest else {
      append(reading)
      return .taken
    }
    guard reading.raw > last.raw else { return .stale }
    switch state {
    case .running:
      guard fits(reading) else {
        doubted = reading
        state = .uncertain
        return .doubted
      }
      append(reading)
      fit()
      return .taken
    case .uncertain:
      if fits(reading) {
        doubted = nil
        outliers &+= 1
        state = .running
        append(reading)
        fit()
        return .recovered
      }
      return judge(reading, after: last, from: .uncertain)
    case .starting, .stopped, .wild:
      return judge(reading, after: last, from: state)
    }
  }

  /// The raw moment at which the device showed `device`; nil where the line is in doubt, or does not reach there.
  package func raw(of device: TimeInterval) -> (raw: RawInstant, errorNanoseconds: UInt32)? {
    guard state == .running, let line, count > 0 else { return nil }
    let shown = device - line.time
    let ratio = line.frequency.ratio
    let raw = line.raw + shown - TimeInterval(nanosecondsAsDouble: shown.inNanoseconds * ratio / (1 + ratio))
    guard raw >= since, (raw - readings[count - 1].raw).magnitude <= Self.memory else { return nil }
    // Between readings the line is as good as they are; beyond them the rate's error adds.
    let beyond = raw > end ? raw - end : raw < begin ? begin - raw : .zero
    let error = Double(errorNanoseconds) + beyond.inNanoseconds * rateError
    return (raw, error < 4e9 ? UInt32(error) : .max)
  }

  // MARK: what a reading means

  private func fits(_ reading: PHCReading) -> Bool {
    guard let line, count > 0 else { return false }
    let residual = (reading.device - line.time(at: reading.raw)).inNanoseconds
    let elapsed = (reading.raw - readings[count - 1].raw).inNanoseconds
    let limit =
      Double(reading.errorNanoseconds) + Double(errorNanoseconds) + 200
      + elapsed * (Self.wander + min(rateError, Self.slew))
    return residual.magnitude <= limit
  }

  /// No line to compare with, or none that holds: two readings say how the clock runs.
  private mutating func judge(_ reading: PHCReading, after last: PHCReading, from before: State) -> Verdict {
    let elapsed = (reading.raw - last.raw).inNanoseconds
    guard elapsed >= Self.baseline.inNanoseconds else { return before == .uncertain ? .doubted : .taken }
    let rate = ((reading.device - last.device).inNanoseconds - elapsed) / elapsed
    let noise = (Double(last.errorNanoseconds) + Double(reading.errorNanoseconds)) / elapsed
    guard rate.magnitude <= Self.believable + noise else {
      restart(with: reading, nil)
      state = rate < -0.5 ? .stopped : .wild
      return state == .stopped ? .stopped : .wild
    }
    var verdict = Verdict.taken
    var gap: RawInstant?
    if before == .uncertain, let line, count > 0 {
      let good = readings[count - 1].raw
      let moved = (last.device - line.time(at: last.raw)).inNanoseconds.magnitude
      let limit =
        (last.raw - good).inNanoseconds * Self.slew + Double(last.errorNanoseconds) + Double(errorNanoseconds) + 1000
      verdict = moved > limit ? .jumped : .bent
      if verdict == .jumped { jumps &+= 1 }
      gap = last.raw
    } else if before == .stopped || before == .wild {
      verdict = .resumed
      gap = last.raw
    }
    if before != .starting { restart(with: last, gap) }
    append(reading)
    state = .running
    fit()
    return verdict
  }

  /// Forgets everything but one reading; stamps from before `gap` are not described any more.
  private mutating func restart(with reading: PHCReading, _ gap: RawInstant?) {
    count = 0
    doubted = nil
    line = nil
    errorNanoseconds = .max
    rateError = 1
    if let gap { since = gap }
    append(reading)
  }

  private mutating func append(_ reading: PHCReading) {
    var first = count == Self.capacity ? 1 : 0
    // The last of the old ones stays: between polls far apart it tells the rate.
    while first < count - 1, reading.raw - readings[first].raw > Self.memory { first += 1 }
    if first > 0 {
      for index in first..<count { readings[index - first] = readings[index] }
      count -= first
    }
    readings[count] = reading
    count += 1
  }

  // MARK: the line

  private mutating func fit() {
    var first = 0
    while count - first >= 2 {
      if fit(from: first) { return }
      first = max(first + 1, (first + count) / 2)
    }
    // Only readings too close together agree with the newest: the rate is the last one's.
    guard count > 0 else { return }
    let last = readings[count - 1]
    line = ClockLine(raw: last.raw, time: last.device, frequency: line?.frequency ?? .zero)
    errorNanoseconds = last.errorNanoseconds
    rateError = max(min(rateError, Self.slew), Self.wander)
    begin = last.raw
    end = last.raw
  }

  /// The line through the readings from `first` on; false = the newest one is not on it.
  private mutating func fit(from first: Int) -> Bool {
    let reference = readings[count - 1]
    // Of all readings: what is usual for this clock.
    let bracket = CardStatistics.median(count) { Double(readings[$0].errorNanoseconds) }
    var x = InlineArray<16, Double>(repeating: 0)
    var y = InlineArray<16, Double>(repeating: 0)
    var error = InlineArray<16, Double>(repeating: 0)
    var used = 0
    for index in first..<count {
      let own = Double(readings[index].errorNanoseconds)
      // A reading that was disturbed says little.
      guard own <= 3 * bracket + 50 else { continue }
      x[used] = (readings[index].raw - reference.raw).inNanoseconds
      y[used] = (readings[index].device - reference.device).inNanoseconds - x[used]
      error[used] = own
      used += 1
    }
    guard used >= 2 else { return false }
    let span = x[used - 1] - x[0]
    guard span >= Self.baseline.inNanoseconds else { return false }
    let slope = CardStatistics.medianSlope(x, y, used, baseline: max(span / 4, 1e6))
    let middle = CardStatistics.median(used) { y[$0] - slope * x[$0] }
    let scatter = CardStatistics.median(used) { (y[$0] - slope * x[$0] - middle).magnitude }
    var sum = 0.0
    var weights = 0.0
    var narrowest = Double.infinity
    var widest = 0.0
    for index in 0..<used {
      let residual = y[index] - slope * x[index]
      guard (residual - middle).magnitude <= 3 * scatter + 1 else { continue }
      let weight = 1 / (error[index] * error[index] + 100)
      sum += weight * residual
      weights += weight
      if error[index] < narrowest { narrowest = error[index] }
      if error[index] > widest { widest = error[index] }
    }
    let offset = weights > 0 ? sum / weights : middle
    let newest = y[used - 1] - slope * x[used - 1] - offset
    guard newest.magnitude <= error[used - 1] + 0.5 * bracket + 1 || used == 2 else { return false }
    line = ClockLine(
      raw: reference.raw, time: reference.device + TimeInterval(nanosecondsAsDouble: offset),
      frequency: Frequency(ratio: slope))
    // Few readings may all be off to the same side.
    let good = used < 4 || narrowest == .infinity ? max(widest, error[used - 1]) : narrowest
    errorNanoseconds = UInt32(min(max(good, 1) + scatter, 4e9))
    rateError = 2 * (good + scatter) / span + 1e-8
    begin = reference.raw + TimeInterval(nanosecondsAsDouble: x[0])
    end = reference.raw + TimeInterval(nanosecondsAsDouble: x[used - 1])
    return true
  }
}
