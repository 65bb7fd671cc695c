// SPDX-License-Identifier: Apache-2.0

/// A quantity that was recorded: values at growing moments, straight lines between them, begun again at its end.
public struct RecordedTrace: Sendable, Equatable {
  public let seconds: [Double]
  public let values: [Double]

  /// nil = no value, unlike numbers of both, moments that do not grow, or one that is not finite.
  public init?(seconds: [Double], values: [Double]) {
    guard !seconds.isEmpty, seconds.count == values.count, zip(seconds, seconds.dropFirst()).allSatisfy({ $0 < $1 }),
      seconds.allSatisfy(\.isFinite), values.allSatisfy(\.isFinite)
    else { return nil }
    self.seconds = seconds
    self.values = values
  }

  /// The value so long after the beginning of the run.
  public func value(at elapsed: Double) -> Double {
    guard let first = seconds.first, let last = seconds.last, last > first else { return values.first ?? 0 }
    let length = last - first
    var rest = elapsed - length * (elapsed / length).rounded(.down)
    if rest < 0 { rest = 0 }
    let moment = first + rest
    var low = 0
    var high = seconds.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if seconds[middle] <= moment { low = middle } else { high = middle }
    }
    let share = (moment - seconds[low]) / (seconds[high] - seconds[low])
    return values[low] + share * (values[high] - values[low])
  }
}
