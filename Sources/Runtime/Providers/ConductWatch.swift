// SPDX-License-Identifier: Apache-2.0

import ProviderHost
import TimeTypes

/// Looks once a second whether a provider keeps the rules: a few offences are told, many end it for a while. [control]
struct ConductWatch {
  enum Finding: Equatable {
    /// To be told; at most once a minute.
    case offences(String)
    /// It has to be stopped.
    case intolerable(String)
  }

  /// So many offences in a second are no slip any more.
  static let tolerated: UInt64 = 100
  static let pause = TimeInterval.seconds(60)

  private var seen = [UInt64](repeating: 0, count: Misbehaviour.allCases.count)
  private var nextLook = RawInstant(nanoseconds: .min)
  private var nextTelling = RawInstant(nanoseconds: .min)
  private var untold = [UInt64](repeating: 0, count: Misbehaviour.allCases.count)

  mutating func look(_ counters: ProviderCounters, now: RawInstant) -> Finding? {
    guard now >= nextLook else { return nil }
    nextLook = now + .seconds(1)
    var sum: UInt64 = 0
    var isFlood = false
    for kind in Misbehaviour.allCases {
      let count = counters[kind]
      let rise = count &- seen[kind.rawValue]
      seen[kind.rawValue] = count
      guard rise > 0 else { continue }
      untold[kind.rawValue] &+= rise
      sum &+= rise
      if kind == .flood { isFlood = true }
    }
    guard untold.contains(where: { $0 > 0 }) else { return nil }
    let isIntolerable = isFlood || sum >= Self.tolerated
    guard isIntolerable || now >= nextTelling else { return nil }
    nextTelling = now + Self.pause
    let text = Misbehaviour.allCases.filter { untold[$0.rawValue] > 0 }.map { "\(untold[$0.rawValue]) × \($0.text)" }
    untold = [UInt64](repeating: 0, count: untold.count)
    let joined = text.joined(separator: ", ")
    return isIntolerable ? .intolerable(joined) : .offences(joined)
  }
}
