// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// What the Linux kernel makes of a frequency that it is told to run its clock at (adjtimex(2): frequency and tick together).
public enum KernelClockModel {
  /// The unit of a timex frequency: 2⁻¹⁶ ppm.
  public static let resolution = 1e-6 / 65536
  /// The tick can be ±10 %.
  public static let maximum = 0.1

  /// The frequency that is really in force.
  public static func applied(_ wanted: Frequency) -> Frequency {
    let bounded = wanted.clamped(to: Frequency(ratio: maximum)).ratio
    return Frequency(ratio: (bounded / resolution).rounded(.toNearestOrAwayFromZero) * resolution)
  }
}
