// SPDX-License-Identifier: Apache-2.0

import ClockPort
import LinuxKernel
import Report
import Settings
import TimeTypes

/// One `[[hardware_clock]]` and its device: found, claimed and opened, and again when it was lost. What is wrong is said once.
/// [hardware clocks]
final class ClockEntry {
  let settings: HardwareClockConfiguration
  private let id: ClockID
  private let claims: DeviceClaims
  private let access: DeviceAccess
  let raise: (EventRecord) -> Void
  /// Who owns a clock that is only read.
  private let nobody: String
  private var rival: RivalDaemon?
  private var toldFailure = ""
  /// The open device; nil = it is not there, or not ours.
  var clock: DeviceClock?
  /// How the clock is.
  var report = ClockReport()

  /// The device is steered to the system clock.
  var isSteered: Bool { settings.follows == .system && settings.steer }

  init(
    _ settings: HardwareClockConfiguration, id: ClockID, claims: DeviceClaims, access: DeviceAccess,
    nobody: String, raise: @escaping (EventRecord) -> Void
  ) {
    self.settings = settings
    self.id = id
    self.claims = claims
    self.access = access
    self.nobody = nobody
    self.raise = raise
    report.name = settings.name
    report.device = settings.device
    if case .auxiliary = settings.kind { report.kind = .auxiliary } else { report.kind = .hardware }
    report.timescale = settings.timescale.rawValue
    report.follows = settings.follows == .system ? "system" : "nothing"
    report.servo = isSteered ? settings.servo.rawValue : ""
    report.owner = nobody
  }

  /// What came of an attempt to open.
  enum Opening { case already, now, shut }

  /// Opens the device if it is not open, and says what is done with it ("only read").
  func open(doing: String) -> Opening {
    if clock != nil { return .already }
    do {
      let place = try access.locate(settings.kind)
      let spelling = DeviceClaims.Owner(name: settings.name, spelling: settings.device)
      if let owner = claims.claim(place.identity, for: spelling) {
        refuse(
          "\"\(settings.device)\" and \"\(owner.spelling)\" of the entry \"\(owner.name)\" are the same clock, and a clock has "
            + "one entry: remove one of the two [[hardware_clock]]", owner: "the entry \"\(owner.name)\"")
        return .shut
      }
      if let rival = findRival(place) {
        refuse("\(rival) has it open and steers it: stop that, or write follows = \"none\"", owner: rival.description)
        return .shut
      }
      let opened = try access.open(settings.kind, place, id, isSteered ? .steer : .observe)
      clock = opened
      report.maximumFrequency = opened.capabilities.maximumFrequency
      report.method = opened.method
      report.owner = isSteered ? "tompiond (pid \(ProcessTable().ownPID))" : nobody
      report.state = isSteered ? .starting : .watched
      report.reason = ""
      toldFailure = ""
      raise(
        EventRecord(
          .hardwareClockReady, source: settings.name,
          text: "\(settings.device) is read by \(opened.method) and \(doing)"))
      return .now
    } catch {
      explain(error)
      return .shut
    }
  }

  /// Who else steers the device. One that was seen once, and runs on where this process may no longer look, still does.
  private func findRival(_ place: DeviceAccess.Place) -> RivalDaemon? {
    guard isSteered, !place.path.isEmpty else { return nil }
    let seen = access.look(place.path)
    rival = seen.holders.first { $0.name != "tompiond" } ?? seen.hidden.first { $0 == rival }
    return rival
  }

  private func explain(_ error: KernelError) {
    if error.errno == KernelError.wouldBlock {
      refuse(
        "another tompiond steers it, and a clock has one owner: stop that one, or write follows = \"none\"",
        owner: "another tompiond")
    } else if error.errno == KernelError.accessDenied, report.state == .refused {
      // Somebody else owned it at the start; without root's rights it cannot be had any more.
      return
    } else {
      fail("\(settings.device): \(error)\(hint(error))")
    }
  }

  private func hint(_ error: KernelError) -> String {
    let auxiliary: Int32? = if case .auxiliary(let number) = settings.kind { number } else { nil }
    switch error.errno {
    case KernelError.accessDenied where auxiliary != nil:
      return "; its lock is in /run/tompion, which the daemon's user has to own (RuntimeDirectory=tompion of systemd)"
    case KernelError.accessDenied:
      return "; give the daemon's user the right to open it (a udev rule), or start it as root"
    case KernelError.notFound, KernelError.noDevice:
      guard let auxiliary else { return "; `ls /dev/ptp*` shows what there is" }
      return
        "; Linux has auxiliary clocks from 6.17 on, enabled by /sys/kernel/time/aux_clocks/\(auxiliary)/aux_clock_enable"
    default: return ""
    }
  }

  private func refuse(_ reason: String, owner: String) {
    report.owner = owner
    say(.hardwareClockOwned, reason, .refused)
  }

  /// The device is gone, or was never there.
  func fail(_ reason: String) {
    clock = nil
    say(.hardwareClockFailed, reason, .failed)
  }

  private func say(_ kind: EventKind, _ reason: String, _ state: ClockReport.State) {
    report.state = state
    report.reason = reason
    guard reason != toldFailure else { return }
    toldFailure = reason
    raise(EventRecord(kind, source: settings.name, text: reason))
  }
}
