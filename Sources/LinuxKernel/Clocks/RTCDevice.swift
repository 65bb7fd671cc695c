// SPDX-License-Identifier: Apache-2.0

import CLinux
package import TimeTypes

/// The battery-backed clock, /dev/rtcN (rtc(4)): it tells and takes whole seconds. While this is kept, no other program can open it. [control]
package struct RTCDevice: Sendable {
  private let device: FileDescriptor
  private let calls: RTCCalls
  /// The next second begins so long after it was set, less than a whole one.
  package let settling: TimeInterval

  package init(_ device: FileDescriptor, settling: TimeInterval, calls: RTCCalls) {
    self.device = device
    self.settling = settling
    self.calls = calls
  }

  /// EBUSY: another program has it open; ENODEV: no such device is there.
  package static func open(_ path: String) throws(KernelError) -> RTCDevice {
    // The path is read within the call.
    let opened = unsafe path.withCString { unsafe clinux_rtc_open($0) }
    let device = FileDescriptor(owning: try KernelError.check(opened, "open the battery-backed clock"))
    let name = PHCPath.real(path).split(separator: "/").last.map(String.init) ?? ""
    let driver = try? SmallFile.readPseudo("/sys/class/rtc/\(name)/name", limit: 256)
    let text = driver.map { String(decoding: $0, as: UTF8.self) } ?? ""
    return RTCDevice(device, settling: settling(driver: text), calls: .kernel)
  }

  /// The PC's clock (MC146818 and its kin) goes on half a second after it was set, as the datasheet has it; the others begin a second at once.
  package static func settling(driver: String) -> TimeInterval {
    driver.hasPrefix("rtc_cmos") ? .milliseconds(500) : .zero
  }

  /// The second that it shows, since 1970 if it keeps UTC.
  package func read() throws(KernelError) -> Int64 {
    var seconds: Int64 = 0
    _ = try KernelError.check(calls.read(device.rawValue, &seconds), "read the battery-backed clock")
    return seconds
  }

  package func set(_ seconds: Int64) throws(KernelError) {
    _ = try KernelError.check(calls.set(device.rawValue, seconds), "set the battery-backed clock")
  }
}
