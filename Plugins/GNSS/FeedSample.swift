// SPDX-License-Identifier: Apache-2.0

package import ReferenceWire
package import TimeTypes

/// What other programs are told of a believed moment: what CLOCK_REALTIME showed, and what it should have shown. Pure.
package struct FeedSample: Hashable, Sendable, BitwiseCopyable {
  /// CLOCK_REALTIME, ns since 1970.
  package var realtime: Int64
  /// UTC at that moment, ns since 1970.
  package var reference: Int64
  package var leap: UInt8
  /// log2 s
  package var precision: Int8
  /// Which second it is the receiver did not say.
  package var isFraction: Bool

  /// nil: nobody knows how late the message was, which neither protocol has a word for.
  package init?(_ made: ReceiverSample, realtime: Int64) {
    guard made.isPulse || made.dispersion < Receiver.nothingKnown else { return nil }
    self.realtime = realtime
    reference = made.reference.nanoseconds
    leap = made.leap.rawValue
    precision = made.precision
    isFraction = made.isFraction
  }

  /// As chrony's SOCK protocol has it: where only the fraction is known, the offset is to the nearest second and flagged as a pulse's.
  package var datagram: SocketSample {
    var offset = reference &- realtime
    if isFraction {
      let second: Int64 = 1_000_000_000
      offset %= second
      if offset >= second / 2 { offset -= second }
      if offset < -second / 2 { offset += second }
    }
    return SocketSample(local: realtime, offset: offset, isPulse: isFraction, leap: leap)
  }

  /// As NTP's shared memory has it; nil: it has no way to say that the second is not known.
  package var segment: SharedMemorySegment? {
    isFraction ? nil : SharedMemorySegment(clock: reference, receive: realtime, leap: leap, precision: precision)
  }

  /// What CLOCK_REALTIME showed at a stamp, ns since 1970; nil = it cannot be told. `ours` turns CLOCK_REALTIME into a stamp: it is asked
  /// until the raw time fits, at once where the disciplined clock is CLOCK_REALTIME itself.
  package static func realtime(of stamp: Stamp, ours: (Int64) -> Stamp?) -> Int64? {
    var guess = stamp.time.nanoseconds
    for _ in 0..<4 {
      guard let shown = ours(guess) else { return nil }
      let off = (stamp.raw - shown.raw).nanoseconds
      guess = guess &+ off
      if off.magnitude <= 100 { return guess }
    }
    return nil
  }
}
