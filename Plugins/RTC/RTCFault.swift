// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Why what the clock shows is not used.
package enum RTCFault: Hashable, Sendable, BitwiseCopyable {
  case unreadable
  /// What is there is no such clock's: the file holds something else.
  case strange
  /// It shows the same second all the time.
  case stopped
  /// From one reading to the next it went back, or further than time did.
  case jumped
  /// Before any moment at which this program can run, as after a flat battery.
  case tooEarly
  case tooLate
  /// Before a moment that this host has already seen.
  case beforeSaved
  /// It is off by a time zone: by so much.
  case localTime(TimeInterval)

  /// Of one kind: whose figures differ is no news.
  package func isLike(_ other: RTCFault) -> Bool {
    switch (self, other) {
    case (.localTime, .localTime): true
    default: self == other
    }
  }

  /// For people.
  package var text: String {
    switch self {
    case .unreadable: "it cannot be read; device is the path of /sys/class/rtc/rtcN/since_epoch"
    case .strange: "it does not hold seconds since 1970, as /sys/class/rtc/rtcN/since_epoch does"
    case .stopped: "it stands still"
    case .jumped: "it jumped while it was read"
    case .tooEarly: "it shows a time before 2024 (a flat battery?)"
    case .tooLate: "it shows a time after 2098"
    case .beforeSaved: "it shows a time that has been here before (a flat battery?)"
    case .localTime(let offset):
      "it is off by \(offset.timeZoneMinutes) min, a time zone: local time? "
        + "(timedatectl set-local-rtc 0, or utc = false)"
    }
  }
}
