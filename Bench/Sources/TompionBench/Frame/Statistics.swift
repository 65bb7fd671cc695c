// SPDX-License-Identifier: Apache-2.0

import Glibc

func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }

extension [Double] {
  var median: Double {
    guard !isEmpty else { return .nan }
    let ordered = sorted()
    return count % 2 == 1 ? ordered[count / 2] : (ordered[count / 2 - 1] + ordered[count / 2]) / 2
  }
}

/// Nanoseconds that a piece of work takes, on CLOCK_MONOTONIC_RAW.
func nanoseconds(of work: () -> Void) -> Double {
  let start = rawNow()
  work()
  return Double(rawNow() - start)
}

func rawNow() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC_RAW, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Rounds of two rivals in turn, so that what else the machine does falls on both; which goes first alternates.
struct Rounds {
  private(set) var ours: [Double] = []
  private(set) var theirs: [Double] = []

  init(_ count: Int, ours: () throws -> Double, theirs: () throws -> Double) rethrows {
    // One round to warm up, not counted.
    _ = (try ours(), try theirs())
    for round in 0..<count {
      if round % 2 == 0 {
        self.ours.append(try ours())
        self.theirs.append(try theirs())
      } else {
        self.theirs.append(try theirs())
        self.ours.append(try ours())
      }
    }
  }

  /// The median of the rounds' ratios.
  var ratio: Double { zip(ours, theirs).map { $0 / $1 }.median }

  func outcome(_ name: String, unit: String, peer: String, limit: Double?) -> Outcome {
    Outcome(
      name: name, value: ours.median, unit: unit, peer: Outcome.Peer(name: peer, value: theirs.median, ratio: ratio),
      limit: limit)
  }
}
