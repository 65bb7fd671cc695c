// SPDX-License-Identifier: Apache-2.0

package import ClockPort
package import TimeTypes

/// The clocks besides the system's own that a daemon can drive, as one concrete type.
package enum DeviceClock: SteerableClock {
  case hardware(HardwareClock)
  case auxiliary(AuxiliaryClock)

  package var id: ClockID {
    switch self {
    case .hardware(let clock): clock.id
    case .auxiliary(let clock): clock.id
    }
  }

  package var capabilities: ClockCapabilities {
    switch self {
    case .hardware(let clock): clock.capabilities
    case .auxiliary(let clock): clock.capabilities
    }
  }

  /// How it is read, for people.
  package var method: String {
    switch self {
    case .hardware(let clock): clock.method.text
    case .auxiliary: "clock_gettime"
    }
  }

  package mutating func read() throws(ClockError) -> ClockReading {
    switch self {
    case .hardware(var clock):
      defer { self = .hardware(clock) }
      return try clock.read()
    case .auxiliary(var clock):
      defer { self = .auxiliary(clock) }
      return try clock.read()
    }
  }

  /// Reads, and finds what others did to the clock since the last look.
  package mutating func observe() throws(ClockError) -> DeviceObservation {
    switch self {
    case .hardware(var clock):
      defer { self = .hardware(clock) }
      return try clock.observe()
    case .auxiliary(var clock):
      defer { self = .auxiliary(clock) }
      return try clock.observe()
    }
  }

  package mutating func adjust(frequency: Frequency) throws(ClockError) -> Frequency {
    switch self {
    case .hardware(var clock):
      defer { self = .hardware(clock) }
      return try clock.adjust(frequency: frequency)
    case .auxiliary(var clock):
      defer { self = .auxiliary(clock) }
      return try clock.adjust(frequency: frequency)
    }
  }

  package mutating func step(by interval: TimeInterval) throws(ClockError) {
    switch self {
    case .hardware(var clock):
      defer { self = .hardware(clock) }
      try clock.step(by: interval)
    case .auxiliary(var clock):
      defer { self = .auxiliary(clock) }
      try clock.step(by: interval)
    }
  }

  package mutating func publish(status: ClockStatus) throws(ClockError) {}
}
