// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Synchronization
import Testing
import TimeTypes

@testable import Runtime

@Suite struct CommandRouterTests {
  private final class Wakes: Sendable { let count = Atomic<Int>(0) }

  /// Commands that arrived, of those that carry this test's own values.
  private static func arrived(_ values: ClosedRange<Int64>) -> [(kind: UInt32, source: UInt32, value: Int64)] {
    LinkedProvider.commands.withLock { $0.filter { values.contains($0.value) } }
  }

  @Test func aCommandGoesToTheProviderOfItsSource() throws {
    let first = try LinkedProvider(number: 901)
    let second = try LinkedProvider(number: 902)
    let wakes = Wakes()
    let router = CommandRouter(mailboxes: [.instance(first.instance), .instance(second.instance)]) {
      wakes.count.add(1, ordering: .relaxed)
    }
    let source = try second.add()
    router.post(.pollInterval, to: SourceID(rawValue: source), value: 90_201)
    #expect(wakes.count.load(ordering: .relaxed) == 1)
    #expect(Self.arrived(90_201...90_201).isEmpty, "commands run on the capture role")
    first.instance.deliverCommands()
    #expect(Self.arrived(90_201...90_201).isEmpty, "not the other's")
    second.instance.deliverCommands()
    let told = Self.arrived(90_201...90_201)
    #expect(told.count == 1 && told.first?.source == source)
    #expect(told.first?.kind == UInt32(bitPattern: TOMPION_COMMAND_POLL_INTERVAL_CHANGED))
  }

  @Test func aSourceOfNobodyWakesNobody() throws {
    let provider = try LinkedProvider(number: 903)
    let wakes = Wakes()
    let router = CommandRouter(mailboxes: [.instance(provider.instance)]) { wakes.count.add(1, ordering: .relaxed) }
    // The next provider's, and the one whose number differs in the highest bit.
    for number: UInt32 in [904, 903 ^ 512, 0] {
      router.post(.pollNow, to: SourceID(rawValue: number << 22 | 1), value: 90_300)
    }
    provider.instance.deliverCommands()
    #expect(wakes.count.load(ordering: .relaxed) == 0)
    #expect(Self.arrived(90_300...90_300).isEmpty)
  }

  @Test func everyProviderIsToldOfAStep() throws {
    let providers = [try LinkedProvider(number: 905), try LinkedProvider(number: 906)]
    let wakes = Wakes()
    let router = CommandRouter(mailboxes: providers.map { .instance($0.instance) }) {
      wakes.count.add(1, ordering: .relaxed)
    }
    router.postToAll(.timeJumped, value: -90_500)
    for provider in providers { provider.instance.deliverCommands() }
    let told = Self.arrived(-90_500 ... -90_500)
    #expect(told.count == 2)
    #expect(told.allSatisfy { $0.source == 0 && $0.kind == UInt32(bitPattern: TOMPION_COMMAND_TIME_JUMPED) })
    #expect(wakes.count.load(ordering: .relaxed) >= 1)
  }

  @Test func eachVerbHasItsCommand() {
    let codes = [CommandRouter.Verb.pollInterval, .timeJumped, .pollNow].map(\.code)
    #expect(
      codes == [TOMPION_COMMAND_POLL_INTERVAL_CHANGED, TOMPION_COMMAND_TIME_JUMPED, TOMPION_COMMAND_POLL_NOW])
    #expect(Set(codes).count == codes.count)
  }
}
