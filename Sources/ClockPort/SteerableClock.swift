// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// A clock that can be read and driven. The hot path uses an enum of concrete clocks; the protocol is the duty they share.
///
/// Every effect returns what was really applied (the kernel rounds frequencies), which goes back to the engine in its next event.
public protocol SteerableClock {
  var id: ClockID { get }
  var capabilities: ClockCapabilities { get }
  /// The clock, the raw counter and the frequency in force, together. [any role]
  mutating func read() throws(ClockError) -> ClockReading
  /// Sets the frequency against the raw counter; returns the one in force afterwards. [discipline]
  mutating func adjust(frequency: Frequency) throws(ClockError) -> Frequency
  /// Moves the clock by `interval` at once (positive = forward) and begins a new era. [discipline]
  mutating func step(by interval: TimeInterval) throws(ClockError)
  /// Publishes status to applications. [discipline]
  mutating func publish(status: ClockStatus) throws(ClockError)
}
