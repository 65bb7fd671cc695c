// SPDX-License-Identifier: Apache-2.0

/// The figures of one run, by the definitions of the scenario file's "convention". Seconds and fractional frequency.
package struct RunMetrics: Sendable, Equatable {
  package var rms: Double
  package var p99: Double
  package var maximum: Double
  package var frequencyRMS: Double
  package var within1Millisecond: Double?
  package var within100Microseconds: Double?
  /// Seconds from `warm` on in which the clock was called synchronized, and those in which each bound held then.
  package var judged: Int
  package var statisticalHeld: Int
  package var hardHeld: Int
  /// Median of the statistical bound over the 99.9th percentile of the error: at most 4 is the goal.
  package var tightness: Double
  /// Replies and pulses taken, over the whole run: what the accuracy cost.
  package var samples: Int
  /// Seconds in which something was wrong with a reference clock, by what the clock followed then.
  package var followedInFault: [Followed: Int] = [:]
  /// The greatest hard bound, from `warm` on, while the clock was called synchronized.
  package var greatestBound: Double
  /// How far a host and its clients were apart at most while something was wrong; the least of the hosts' greatest bounds; and whether the
  /// bounds of all clients held then, whenever they were called synchronized, as they were.
  package var greatestSpread: Double
  package var leastBound: Double
  package var clientsHeld: Bool
  package var providerEvents: [Int: Int]
  package var engineEvents: [String: Int]

  package init(_ record: RunRecord, warm: Int, isFaulty: (Int) -> Bool = { _ in false }) {
    let start = min(max(warm - 1, 0), record.offsets.count)
    let errors = record.offsets[start...].map(\.magnitude).sorted()
    rms = Self.rms(record.offsets[start...])
    p99 = Self.percentile(errors, 0.99)
    maximum = errors.last ?? .nan
    frequencyRMS = Self.rms(record.frequencies[start...])
    within1Millisecond = Self.convergence(record.offsets, limit: 1e-3)
    within100Microseconds = Self.convergence(record.offsets, limit: 1e-4)
    samples = record.samples
    providerEvents = record.providerEvents
    engineEvents = record.engineEvents
    for (index, followed) in record.followed.enumerated() where isFaulty(index + 1) {
      followedInFault[followed, default: 0] += 1
    }
    greatestBound = record.hardBounds[start...].filter(\.isFinite).max() ?? .infinity
    greatestSpread = record.spreads.indices.filter { isFaulty($0 + 1) }.map { record.spreads[$0] }.max() ?? 0
    leastBound = min(greatestBound, record.clientsBound)
    clientsHeld =
      record.clientsHeld == record.clientsJudged
      && (record.spreads.isEmpty || record.clientsJudged > 0)
    judged = 0
    statisticalHeld = 0
    hardHeld = 0
    var bounds: [Double] = []
    for index in record.offsets.indices[start...] where record.hardBounds[index].isFinite {
      judged += 1
      if record.offsets[index].magnitude <= record.statisticalBounds[index] { statisticalHeld += 1 }
      if record.offsets[index].magnitude <= record.hardBounds[index] { hardHeld += 1 }
      bounds.append(record.statisticalBounds[index])
    }
    tightness = Self.percentile(bounds.sorted(), 0.5) / Self.percentile(errors, 0.999)
  }

  /// Whether what was expected came true.
  package func meets(_ wanted: Expectation) -> Bool {
    let faulty = followedInFault.values.reduce(0, +)
    let isFollowed = wanted.followed.map {
      faulty > 0 && Double(followedInFault[$0] ?? 0) >= Followed.most * Double(faulty)
    }
    guard clientsHeld, greatestSpread <= wanted.together ?? .infinity, leastBound >= wanted.boundReaches ?? 0 else {
      return false
    }
    return isFollowed ?? true && maximum <= wanted.maximum ?? .infinity
      && wanted.events.allSatisfy { providerEvents[$0] != nil }
      && wanted.noEvents.allSatisfy { providerEvents[$0] == nil }
  }

  private static func rms(_ values: ArraySlice<Double>) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  }

  /// Of sorted values, between neighbours by a straight line.
  static func percentile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = share * Double(sorted.count - 1)
    let index = Int(position)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
  }

  /// The first second from which |offset| ≤ limit holds for 300 s; nil = none.
  static func convergence(_ offsets: [Double], limit: Double) -> Double? {
    var run = 0
    for (index, offset) in offsets.enumerated() {
      run = offset.magnitude <= limit ? run + 1 : 0
      if run == 300 { return Double(index + 1 - 299) }
    }
    return nil
  }
}
