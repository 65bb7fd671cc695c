// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ClockPort
import Foundation
import LinuxKernel
import NTPServer
import ProviderHost
import Settings
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite struct ProviderAssemblyTests {
  /// What was kept and cannot be used is said once, as the provider's own warning.
  @Test(arguments: [false, true]) func whatWasKeptAndCannotBeReadIsSaid(isWrong: Bool) throws {
    let directory = try TemporaryDirectory()
    let kept = directory.file("providers/ntp-server")
    try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(kept)/\(isWrong ? "rtc" : "Not-a-value")", withDestinationPath: "/etc/hostname")
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    let port = try UDPSocket(options).local.port
    let text = """
      state_directory = "\(directory.path)"
      plugin_directory = "\(directory.path)"
      [clock]
      kind = "virtual"
      [provider.ntp-server]
      listen = ["127.0.0.1:\(port)"]
      placement = "in-process"
      """
    let stamps = VirtualClock(initialOffset: .zero, initialFrequency: .zero).stampSource
    let assembly = ProviderAssembly(
      configuration: try Configuration(toml: text, file: "t.toml"),
      loop: ProviderLoop(loop: .poll(try PollLoop(capacity: 4)), clocks: KernelClocks(stamps)),
      clockPage: ClockPage(precision: -20), stampSource: stamps,
      linked: ["tompion-ntp-server": LinkedModule(ntpServerModule())])
    let provider = try #require(try assembly.providers().first)
    var warnings: [String] = []
    while let message = provider.outbox.messages.next() {
      if message.kind == .log(level: UInt32(TOMPION_LOG_WARNING)), message.text.contains("kept") {
        warnings.append(message.text)
      }
    }
    let says = "of what was kept in \(kept), this is not used: rtc (it is a symbolic link)"
    #expect(warnings == (isWrong ? [says] : []))
    provider.close()
  }
}
