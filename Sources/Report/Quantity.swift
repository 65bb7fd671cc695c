// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Numbers with units, for people: three decimals and the unit that keeps the number below 1000.
package enum Quantity {
  /// "+12.345 µs", "-1.000 s", "+250 ns"; "+2 d 3 h" from a day on; "-" = not known.
  package static func offset(_ interval: TimeInterval?) -> String {
    guard let interval, interval != .max else { return "-" }
    return (interval.isNegative ? "-" : "+") + length(interval.magnitude)
  }

  /// As `offset`, where the ends of the range are offsets too great to be told: "+106751 d or more".
  package static func saturating(_ interval: TimeInterval) -> String {
    guard interval.magnitude.nanoseconds == .max else { return offset(interval) }
    return (interval.isNegative ? "-" : "+") + "\(Int64.max / 86_400_000_000_000) d or more"
  }

  /// As `offset`, without a sign for what is never negative.
  package static func span(_ interval: TimeInterval?) -> String {
    guard let interval, interval != .max else { return "-" }
    return (interval.isNegative ? "-" : "") + length(interval.magnitude)
  }

  /// An age: "3 s", "5 min 10 s", "2 h 3 min", "4 d 1 h"; "-" = never.
  package static func age(_ interval: TimeInterval?) -> String {
    guard let interval, interval != .max else { return "-" }
    let seconds = max(0, interval.nanoseconds) / 1_000_000_000
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
    case ..<86_400: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    default: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
  }

  /// "+40.012 ppm"; "-" = not known.
  package static func frequency(_ frequency: Frequency?) -> String {
    guard let frequency else { return "-" }
    let ppm = frequency.partsPerMillion
    guard ppm.isFinite, ppm.magnitude < 1e12 else { return "-" }
    return (ppm < 0 ? "-" : "+") + decimals(ppm.magnitude) + " ppm"
  }

  /// "1 step", "2 steps".
  package static func count(_ number: UInt64, _ thing: String) -> String {
    "\(number) \(thing)\(number == 1 ? "" : "s")"
  }

  /// "64 s" of a poll interval in log2 seconds.
  package static func poll(_ exponent: Int8) -> String {
    exponent >= 0 ? "\(Int64(1) << Int64(min(exponent, 62))) s" : "1/\(Int64(1) << Int64(min(-Int(exponent), 62))) s"
  }

  private static func length(_ interval: TimeInterval) -> String {
    let nanoseconds = interval.nanoseconds
    switch nanoseconds {
    case ..<1000: return "\(nanoseconds) ns"
    case ..<1_000_000: return decimals(Double(nanoseconds) / 1e3) + " µs"
    case ..<1_000_000_000: return decimals(Double(nanoseconds) / 1e6) + " ms"
    case ..<86_400_000_000_000: return decimals(Double(nanoseconds) / 1e9) + " s"
    default: return age(interval)
    }
  }

  /// Three decimals, rounded, of a number that is not negative and below 1e15.
  static func decimals(_ value: Double) -> String {
    let thousandths = Int64(value * 1000 + 0.5)
    return "\(thousandths / 1000).\(UTCText.padded(thousandths % 1000, 3))"
  }
}
