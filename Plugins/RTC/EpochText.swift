// SPDX-License-Identifier: Apache-2.0

/// The text of /sys/class/rtc/rtcN/since_epoch (Documentation/ABI/testing/sysfs-class-rtc in the kernel's source): seconds since 1970
/// of the time that the clock shows, in decimal digits and a newline; with a sign before 1970.
package enum EpochText {
  /// nil = it is no such text.
  package static func seconds(_ bytes: Span<UInt8>) -> Int64? {
    var end = bytes.count
    if end > 0, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    let isNegative = end > 0 && bytes[0] == UInt8(ascii: "-")
    let begin = isNegative ? 1 : 0
    // 12 digits reach beyond the year 30000.
    guard end > begin, end - begin <= 12 else { return nil }
    var value: Int64 = 0
    for index in begin..<end {
      guard case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[index] else { return nil }
      value = value * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
    }
    return isNegative ? -value : value
  }
}
