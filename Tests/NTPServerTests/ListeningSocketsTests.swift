// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import Testing

@testable import NTPServer

/// The server's binary interface on a host whose interfaces come and go.
@Suite struct ListeningSocketsTests {
  let host = MockHost()

  private func start(_ places: [String], rule: String? = nil) -> Int32 {
    for (index, place) in places.enumerated() { host.set("listen[\(index)]", place) }
    if let rule { host.set("allow[0]", rule) }
    guard host.open(ntpServerModule(), id: "org.tompion.ntp-server"), host.initialize() == TOMPION_OK else { return -1 }
    return host.start()
  }

  /// Two looks, each in its time.
  private func look() {
    for _ in 0..<2 {
      host.raw += NTPServerProvider.lookInterval.nanoseconds
      host.poll()
    }
  }

  private var told: [UInt32] { host.events.map(\.number) }
  private static let (lost, again) = (EventNumber.listeningLost.rawValue, EventNumber.listeningAgain.rawValue)

  @Test func anInterfaceMadeAnewGetsANewSocket() {
    #expect(start(["192.0.2.1:123%eth0", "192.0.2.2"]) == TOMPION_OK)
    #expect(host.pollRequests == 1 && host.sockets.count == 2)
    look()
    #expect(host.socketsOpened == 2 && told.isEmpty, "nothing has changed")
    let other = host.sockets.keys.max()
    host.interfaces["eth0"] = 9
    look()
    #expect(told == [Self.lost, Self.again] && host.socketsOpened == 3)
    #expect(host.sockets.count == 2 && host.sockets.keys.contains { $0 == other }, "the other place is left alone")
    #expect(host.events.allSatisfy { $0.text.contains("192.0.2.1:123%eth0") })
    look()
    #expect(host.socketsOpened == 3 && told.count == 2)
  }

  @Test func anInterfaceThatGoesIsToldOfOnceAndWaitedFor() {
    #expect(start(["eth0:123"]) == TOMPION_OK)
    #expect(host.sockets.count == 2, "both families")
    host.interfaces["eth0"] = nil
    for _ in 0..<3 { look() }
    #expect(told == [Self.lost] && host.sockets.isEmpty)
    // It is there, its address is not yet.
    host.interfaces["eth0"] = 2
    host.nextOpenStatus = TOMPION_NOT_FOUND
    host.raw += NTPServerProvider.lookInterval.nanoseconds
    host.poll()
    #expect(told == [Self.lost] && host.sockets.isEmpty && host.logs.isEmpty)
    look()
    #expect(told == [Self.lost, Self.again] && host.sockets.count == 2)
    host.stop()
    #expect(host.sockets.isEmpty)
  }

  @Test func oneThatIsAbsentAtTheStartIsNoReasonNotToStart() {
    #expect(start(["[fe80::1]:123%eth7", "127.0.0.1"]) == TOMPION_OK)
    #expect(told == [Self.lost] && host.sockets.count == 1)
    host.interfaces["eth7"] = 7
    look()
    #expect(told == [Self.lost, Self.again] && host.sockets.count == 2)
    #expect(host.sockets.values.contains { $0.local.scope == 7 }, "a link-local address is one of its interface")
  }

  @Test func whatIsWrongWithoutAnInterfaceStillFailsTheStart() {
    host.nextOpenStatus = TOMPION_ADDRESS_IN_USE
    #expect(start(["192.0.2.1%eth0", "192.0.2.2"]) == TOMPION_ADDRESS_IN_USE)
    #expect(host.sockets.isEmpty && told == [EventNumber.portBusy.rawValue])
    #expect(host.events.allSatisfy { $0.text.contains("192.0.2.1") && $0.text.contains("chronyd, pid 812") })
  }

  @Test func aPortThatWasTakenMeanwhileIsTold() {
    #expect(start(["192.0.2.1:123%eth0"]) == TOMPION_OK)
    host.interfaces["eth0"] = 9
    host.nextOpenStatus = TOMPION_ADDRESS_IN_USE
    look()
    look()
    #expect(told == [Self.lost, EventNumber.portBusy.rawValue, Self.again] && host.sockets.count == 1)
  }

  @Test func aRuleFollowsItsInterface() {
    #expect(start(["192.0.2.1"], rule: "interface:eth7") == TOMPION_OK)
    let before = host.logs.count
    #expect(host.logs.contains { $0.contains("no interface eth7") })
    look()
    #expect(host.logs.count == before, "said once")
    host.interfaces["eth7"] = 7
    look()
    host.interfaces["eth7"] = nil
    look()
    #expect(host.logs.count == before + 1, "and again when it is gone again")
  }

  @Test func withoutInterfacesNobodyLooks() {
    #expect(start(["192.0.2.1"]) == TOMPION_OK)
    #expect(host.pollRequests == 0)
  }
}
