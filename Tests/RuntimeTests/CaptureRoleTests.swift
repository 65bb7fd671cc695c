// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Settings
import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel
@testable import ProviderHost
@testable import Runtime

/// The order in which providers start and end.
@Suite(.serialized) struct CaptureRoleTests {
  /// Test providers of Tests/Providers in one loop, in the order of their names.
  private func providers(_ names: [String]) throws -> (role: CaptureRole, hosted: [String: HostedProvider]) {
    let clocks = KernelClocks(VirtualClock(initialOffset: .zero, initialFrequency: .zero).stampSource)
    let loop = ProviderLoop(loop: .poll(try PollLoop(capacity: 64)), clocks: clocks)
    var all: [HostedProvider] = []
    for (index, name) in names.enumerated() {
      let number = UInt16(60 + index)
      let backend = try KernelBackend(number: number, loop: loop.loop, clocks: clocks, clockPage: nil)
      loop.add(backend)
      let provider = HostedProvider(ProviderConfiguration(name: name), number: number)
      let module = try CompiledProvider.with(name) { try ProviderModule.load(path: $0) }
      provider.open(module, backend: backend)
      let settings = [
        ProviderSetting(path: "scheme", value: .string("sum")), ProviderSetting(path: "limit", value: .integer(64)),
      ]
      try provider.instance?.initialize(settings: settings)
      all.append(provider)
    }
    return (CaptureRole(loop: loop, providers: all), Dictionary(uniqueKeysWithValues: zip(names, all)))
  }

  private func said(_ provider: HostedProvider?) -> [String] {
    var lines: [String] = []
    while let message = provider?.outbox.messages.next() { lines.append(message.text) }
    return lines
  }

  /// Who proves packets for others is there before them and after them, whatever the configuration's order is: nobody hears at the end that
  /// its keys are gone.
  @Test(arguments: [["authenticator", "caller"], ["caller", "authenticator"]])
  func authenticatorsAreThereFirstAndLast(_ names: [String]) throws {
    let (role, hosted) = try providers(names)
    role.start()
    #expect(hosted["authenticator"]?.isAuthenticator == true && hosted["caller"]?.isAuthenticator == false)
    _ = hosted["caller"]?.instance?.command(99)
    _ = hosted["caller"]?.instance?.command(100)
    #expect(said(hosted["caller"]) == ["open 0", "protect verdict 0 reason 0 length 12 key 7 request 0"])
    role.stop()
    #expect(said(hosted["caller"]).isEmpty)
    #expect(said(hosted["authenticator"]).last == "close 1", "its association ended before it did")
    #expect(hosted.values.allSatisfy { $0.instance?.state == .closed })
  }
}
