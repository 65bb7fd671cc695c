// SPDX-License-Identifier: Apache-2.0

package import CardLines
package import ClockPort

/// One reading of a device clock, as its engine takes it and against the host's counter, and what others did to the clock since the last.
package struct DeviceObservation: Sendable, BitwiseCopyable, Equatable {
  package var reading: ClockReading
  package var finding: ClockWatch.Finding
  /// The same reading, with the host's raw counter and its error.
  package var sight: PHCReading
}
