// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Where the battery-backed clock is read, and what it keeps.
package struct RTCOptions: Hashable, Sendable {
  /// The kernel's file with its time in seconds since 1970.
  package var device = ""
  /// False = it keeps local time: only its drift is of use.
  package var isUTC = true
  /// From one measurement to the next.
  package var interval = TimeInterval.seconds(660)

  package init() {}
}
