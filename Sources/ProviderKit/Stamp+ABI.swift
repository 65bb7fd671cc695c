// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
public import TimeTypes

extension Stamp {
  /// From the ABI's form; a kind that this kit does not know counts as none.
  @inlinable
  public init(_ stamp: tompion_stamp_t) {
    self.init(
      clock: ClockID(rawValue: stamp.clock), kind: StampKind(rawValue: stamp.kind) ?? .none,
      era: ClockEra(rawValue: stamp.era),
      time: TimeInterval(nanoseconds: stamp.nanoseconds, subnanoseconds: stamp.subns),
      raw: RawInstant(nanoseconds: stamp.raw_nanoseconds), errorNanoseconds: stamp.error_ns)
  }

  /// In the ABI's form, on the timescale UTC.
  @inlinable
  public var abi: tompion_stamp_t {
    var stamp = tompion_stamp_t()
    stamp.nanoseconds = time.nanoseconds
    stamp.subns = time.subnanoseconds
    stamp.raw_nanoseconds = raw.nanoseconds
    stamp.error_ns = errorNanoseconds
    stamp.era = era.rawValue
    stamp.clock = clock.rawValue
    stamp.kind = kind.rawValue
    return stamp
  }
}
