// SPDX-License-Identifier: Apache-2.0

package import Report
package import TimeTypes

/// What the control server needs of the daemon. Every call comes on the control role and may take a few milliseconds. [control]
package protocol ControlHandler: AnyObject {
  /// Everything as of now, sources and providers included.
  func snapshot() -> StatusSnapshot
  /// Asks the providers to say what they count; it comes as events, a moment later.
  func queryProviders()
  /// Starts a resync. A success returns what people are told: "resync of 3 sources requested".
  func resync(force: Bool, source: String?) throws(ControlError) -> String
  /// Takes an operator's time (UTC, ns since 1970). A success returns what people are told, and how far the clock is from it.
  func setTime(_ nanoseconds: Int64, within: TimeInterval?) throws(ControlError) -> (text: String, offset: TimeInterval)
  /// Takes an event into the log: the caller stamps it with the time and gives it to `ControlServer.record`.
  func raise(_ event: EventRecord)
}
