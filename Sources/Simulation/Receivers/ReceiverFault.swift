// SPDX-License-Identifier: Apache-2.0

/// Something that is wrong with a reference clock for a while, in true seconds since the start.
public struct ReceiverFault: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// It says itself that it has no fix, and goes on by its own crystal.
    case noFix
    /// Its supervisor finds no antenna; it goes on and calls its time good for a while. (UBX alone tells of an antenna.)
    case noAntenna
    /// It reports spoofing. (UBX.)
    case spoofed
    /// It tells the same moment again and again; edges do not come.
    case frozen
    /// Its time gains so much a second.
    case ramp(Double)
    /// Its time, and its edges, are so much ahead.
    case shift(Double)
    /// Its date is so many weeks off.
    case weeks(Int)
    /// It announces a leap second that does not come (positive = one is inserted).
    case announcedLeap(Int)
    /// So many of its messages or edges are missing.
    case missing(Double)
    /// So many of its edges come twice.
    case doubled(Double)
    /// The other edge marks the second.
    case wrongEdge
    /// Edges at random, that many a second: hum.
    case hum(Double)
  }

  public var kind: Kind
  public var active: Range<Double>

  public init(_ kind: Kind, from: Double, to: Double) {
    self.kind = kind
    active = from..<max(from, to)
  }
}
