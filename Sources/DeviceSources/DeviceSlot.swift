// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// One source that is a device: what is a device's own. `DeviceProvider` drives it. [control, then capture]
package protocol DeviceSlot {
  associatedtype Settings: DeviceSettings
  associatedtype State: DeviceState

  /// Who needs what the host offers: "pulses need".
  static var need: String { get }

  init(_ settings: Settings)

  var settings: Settings { get }
  var line: DeviceLine<State> { get set }
  var state: State { get }
  /// What is wrong in that state, for people; "" = nothing.
  var stateText: String { get }
  /// What was refused so far, and as people read it; "" = nothing.
  var refused: UInt32 { get }
  var refusedText: String { get }
  /// What there was in all, for the log.
  var countsText: String { get }

  /// Opens the device; allocates nothing, for what is not there is tried again and again.
  func open(_ devices: DeviceAccess) -> DeviceOpening
  /// What went wrong in that, and what would be right, for people; "" = nothing.
  func text(of opening: DeviceOpening) -> String
  /// The device went: nothing of before holds.
  mutating func lost()
  /// A second passed: numbers are brought up to date. What people have to know of.
  mutating func tick(now: RawInstant) -> [DeviceNews]
  /// What the device marked; nil = it is no sample. `followed`: what is known of the clock.
  mutating func take(_ mark: DeviceMark, followed: () -> FollowedTime?) -> Sample?
}

/// What became of opening a device.
package struct DeviceOpening: Hashable, Sendable, BitwiseCopyable {
  /// Its handle, 0 = it is not open.
  package var device: UInt32 = 0
  package var status = Status.ok
  /// What became of another device that has to make the signals.
  package var enabling = Status.ok

  package init(_ opened: Result<UInt32, SocketError>) {
    switch opened {
    case .success(let handle): device = handle
    case .failure(let error): status = error.status
    }
  }
}

/// Something that people have to know of a source: an event of Docs/events.md.
package struct DeviceNews {
  package let event: EventNumber
  package let text: String

  package init(_ event: EventNumber, _ text: String) { (self.event, self.text) = (event, text) }
}
