// SPDX-License-Identifier: Apache-2.0

/// One test of a provider; runs in a process of its own. Docs/provider-check.md says what each means.
struct ProviderTest {
  var name: String
  var body: (CheckContext) -> Finding

  nonisolated(unsafe) static let all: [ProviderTest] = [
    ProviderTest(name: needsNoLoading, body: ContractTests.symbols),
    ProviderTest(name: "module", body: ContractTests.module),
    ProviderTest(name: "open-close", body: ContractTests.openClose),
    ProviderTest(name: "many-opens", body: ContractTests.manyOpens),
    ProviderTest(name: "ladder", body: ContractTests.ladder),
    ProviderTest(name: "wrong-order", body: ContractTests.wrongOrder),
    ProviderTest(name: mayCrash, body: ContractTests.doubleClose),
    ProviderTest(name: "no-settings", body: HostileTests.noSettings),
    ProviderTest(name: "hostile-settings", body: HostileTests.hostileSettings),
    ProviderTest(name: "commands", body: HostileTests.commands),
    ProviderTest(name: "ring-full", body: HostileTests.ringFull),
    ProviderTest(name: "hostile-packets", body: HostileTests.hostilePackets),
    ProviderTest(name: "callbacks", body: CallbackTest.run),
    ProviderTest(name: "deadlines", body: DeadlineTest.run),
    ProviderTest(name: "threads", body: ThreadTest.run),
    ProviderTest(name: "leaks", body: LeakTest.run),
    ProviderTest(name: "fuzz", body: FuzzTest.run),
    ProviderTest(name: "virtual-hour", body: VirtualHourTest.run),
  ]

  /// The one test that only reads the file.
  static let needsNoLoading = "symbols"
  /// The one test whose crash is no failure.
  static let mayCrash = "double-close"
}
