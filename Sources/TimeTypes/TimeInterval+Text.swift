// SPDX-License-Identifier: Apache-2.0

extension TimeInterval {
  /// In milliseconds with three digits behind the point, cut: "-0.500".
  public var millisecondsText: String {
    let micro = nanoseconds / 1000
    let digits = String(micro.magnitude % 1000)
    return "\(micro < 0 ? "-" : "")\(micro.magnitude / 1000)." + String(repeating: "0", count: 3 - digits.utf8.count)
      + digits
  }
}
