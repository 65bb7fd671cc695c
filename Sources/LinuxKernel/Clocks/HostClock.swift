// SPDX-License-Identifier: Apache-2.0

package import ClockPort
package import TimeTypes

/// The clocks a daemon can drive, as one concrete type for the path from engine to kernel. [discipline]
package enum HostClock: SteerableClock {
  case system(SystemClock)
  case virtual(VirtualClock)

  package var id: ClockID {
    switch self {
    case .system(let clock): clock.id
    case .virtual(let clock): clock.id
    }
  }

  package var capabilities: ClockCapabilities {
    switch self {
    case .system(let clock): clock.capabilities
    case .virtual(let clock): clock.capabilities
    }
  }

  /// For the threads that make stamps.
  package var stampSource: ClockStampSource {
    switch self {
    case .system(let clock): clock.stampSource
    case .virtual(let clock): clock.stampSource
    }
  }

  package mutating func read() throws(ClockError) -> ClockReading {
    switch self {
    case .system(var clock):
      defer { self = .system(clock) }
      return try clock.read()
    case .virtual(let clock):
      return clock.read()
    }
  }

  /// Reads, and finds what others did to the clock since the last look; a virtual clock has no others.
  package mutating func observe() throws(ClockError) -> ClockObservation {
    switch self {
    case .system(var clock):
      defer { self = .system(clock) }
      return try clock.observe()
    case .virtual(let clock):
      return ClockObservation(reading: clock.read(), finding: .nothing)
    }
  }

  /// Before the first change: ends what others left running. A virtual clock has no others.
  package mutating func takeOver() throws(ClockError) {
    switch self {
    case .system(var clock):
      defer { self = .system(clock) }
      try clock.takeOver()
    case .virtual: return
    }
  }

  package mutating func adjust(frequency: Frequency) throws(ClockError) -> Frequency {
    switch self {
    case .system(var clock):
      defer { self = .system(clock) }
      return try clock.adjust(frequency: frequency)
    case .virtual(var clock):
      defer { self = .virtual(clock) }
      return clock.adjust(frequency: frequency)
    }
  }

  package mutating func step(by interval: TimeInterval) throws(ClockError) {
    switch self {
    case .system(var clock):
      defer { self = .system(clock) }
      try clock.step(by: interval)
    case .virtual(var clock):
      defer { self = .virtual(clock) }
      clock.step(by: interval)
    }
  }

  package mutating func publish(status: ClockStatus) throws(ClockError) {
    switch self {
    case .system(var clock):
      defer { self = .system(clock) }
      try clock.publish(status: status)
    case .virtual(var clock):
      defer { self = .virtual(clock) }
      clock.publish(status: status)
    }
  }
}
