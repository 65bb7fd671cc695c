// SPDX-License-Identifier: Apache-2.0

/// What an operator wants of one interface's time stamps.
package struct StampingWish: Sendable, Equatable {
  package enum Hardware: Sendable { case auto, required, off }
  package enum Filter: Sendable { case auto, all, ntp, ptp, none }

  /// "*" = every interface that no other wish names.
  package var name: String
  package var hardware: Hardware
  package var filter: Filter
  /// ns: subtracted from RX stamps of the card, and added to its TX stamps.
  package var receiveLatency: Int32
  package var transmitLatency: Int32

  package init(
    name: String, hardware: Hardware = .auto, filter: Filter = .auto, receiveLatency: Int32 = 0,
    transmitLatency: Int32 = 0
  ) {
    self.name = name
    self.hardware = hardware
    self.filter = filter
    self.receiveLatency = receiveLatency
    self.transmitLatency = transmitLatency
  }
}

/// An interface whose card stamps.
package struct StampedInterface: Sendable, Equatable {
  package var name: String
  package var index: UInt32
  /// Which of `HardwareStamping.devices` the stamps are of.
  package var device: Int
  /// It stamps every packet that comes in, or every NTP packet; else only those of PTP, or none.
  package var stampsReception: Bool
  package var receiveLatency: Int32
  package var transmitLatency: Int32
  /// Mbit/s, 0 = not known.
  package var linkSpeed: Int32

  /// From the beginning of a frame, where cards stamp, to its end, where NTP counts it as received (and the kernel's stamp is taken at the
  /// earliest): `length` bytes and the check sequence at the link's speed, ns. 0 = not known.
  package func frameTime(length: UInt32) -> Int64 {
    guard linkSpeed > 0, length > 0 else { return 0 }
    return (Int64(length) + 4) * 8000 / Int64(linkSpeed)
  }
}

/// Why time stamps of a card that an operator requires cannot be had: one line.
package struct StampingRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
