// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a time source's own clock. Seconds are true seconds since the start; a positive error = it is ahead.
public struct ServerModel: Sendable, Equatable {
  /// A change spread evenly over some time, as a leap smear is.
  public struct Smear: Sendable, Equatable {
    public var from: Double
    public var to: Double
    public var by: Double

    public init(from: Double, to: Double, by: Double) {
      self.from = from
      self.to = to
      self.by = by
    }
  }

  /// A jump at one moment.
  public struct Jump: Sendable, Equatable {
    public var at: Double
    public var by: Double

    public init(at: Double, by: Double) {
      self.at = at
      self.by = by
    }
  }

  public var offset: Double
  /// Its frequency error from `driftFrom` on: a lie that grows slowly.
  public var drift: Double
  public var driftFrom: Double
  public var jumps: [Jump]
  public var smears: [Smear]

  public init(
    offset: Double = 0, drift: Double = 0, driftFrom: Double = 0, jumps: [Jump] = [], smears: [Smear] = []
  ) {
    self.offset = offset
    self.drift = drift
    self.driftFrom = driftFrom
    self.jumps = jumps
    self.smears = smears
  }

  /// Whether its clock is always right.
  public var isPerfect: Bool { self == ServerModel() }

  /// The frequency of its clock in the second that begins at `second`.
  public func frequency(in second: Double) -> Double {
    var frequency = second >= driftFrom ? drift : 0
    for smear in smears where second >= smear.from && second < smear.to {
      frequency += smear.by / (smear.to - smear.from)
    }
    return frequency
  }

  /// How far it jumps in the second that ends at `second`.
  public func jump(at second: Double) -> Double {
    jumps.reduce(0) { $1.at > second - 1 && $1.at <= second ? $0 + $1.by : $0 }
  }
}
