// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Foundation
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

/// stream/1 over the kernel's own sockets: loopback TCP, Unix streams and datagrams in a folder of the test's own.
@Suite(.serialized) struct StreamTests {
  private static let listen = Int64(TOMPION_STREAM_LISTEN)
  private static let unix = Int64(TOMPION_STREAM_UNIX)
  private static let datagram = Int64(TOMPION_STREAM_DATAGRAM)

  /// A folder that goes with the test.
  final class Folder {
    let path = NSTemporaryDirectory() + "tp\(UUID().uuidString.prefix(8))"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { "\(path)/\(name)" }
  }

  private func bench(
    _ flags: Int64, _ more: [String: ProviderSetting.Value], number: UInt16 = 9, loop: ProviderLoop? = nil
  ) throws -> CapabilityBench {
    let bench = try CapabilityBench(
      "stream", settings: more.merging(["flags": .integer(flags)]) { given, _ in given }, number: number, loop: loop)
    try bench.start()
    return bench
  }

  private func pair(_ folder: Folder, say: String = "hello") throws -> (
    server: CapabilityBench, client: CapabilityBench
  ) {
    let path = folder.file("s")
    let server = try bench(Self.unix | Self.listen, ["path": .string(path), "say": .string("welcome")])
    #expect(try server.hears("opened 0"))
    let client = try bench(
      Self.unix, ["path": .string(path), "say": .string(say)], number: 10, loop: server.loop)
    #expect(try client.hears("opened 0"))
    #expect(try server.hears("accepted here family 0"))
    _ = (server.take(), client.take())
    return (server, client)
  }

  @Test func aUnixStreamCarriesBytesBothWaysAndEndsByHalves() throws {
    let folder = try Folder()
    let (server, client) = try pair(folder)
    #expect(
      SmallFile.attributes(folder.file("s"))?.mode.magnitude == 0o140600, "the socket's file is its owner's alone")
    client.order(100)
    #expect(try server.hears("received 68656c6c6f"))
    client.order(105)
    server.order(105)
    let credentials = "credentials \(getpid()) \(getuid())"
    #expect(client.take().contains(credentials) && server.take().contains(credentials))
    client.order(101)
    #expect(try server.hears("received end"))
    client.order(100)
    #expect(client.take() == ["end 0", "sent 0"], "nothing can be sent after the end")
    server.order(100)
    #expect(try client.hears("received 77656c636f6d65"), "the other direction goes on")
    server.order(102)
    #expect(try client.hears("received end"))
    try client.turn(3)
    #expect(client.take().contains { $0.hasPrefix("failed") } == false, "both had ended")
    #expect(server.outbox.counters.misbehaviour == 0 && client.outbox.counters.misbehaviour == 0)
  }

  @Test func whatDoesNotFitIsNotTakenAndRoomIsTold() throws {
    let folder = try Folder()
    let (server, client) = try pair(folder)
    client.order(106, 4 << 20)
    let sent = try #require(client.take().first.flatMap { Int($0.dropFirst(5)) })
    #expect(sent > 0 && sent < 4 << 20, "a socket's buffer is not so large")
    client.order(106, 1000)
    #expect(client.take() == ["sent 0"])
    // The server reads and sends all of it back, as far as there is room.
    server.order(109)
    #expect(try client.hears("writable"))
    try client.turn(50)
    #expect(client.take().filter { $0 == "writable" }.count <= 1, "told once")
    server.order(110)
    #expect(server.take().last == "swallowed \(sent)", "every byte came")
  }

  @Test func aPeerThatHangsUpIsToldOnceAndTheLoopRests() throws {
    let folder = try Folder()
    let (server, client) = try pair(folder)
    server.order(103)
    #expect(try client.hears { $0.hasPrefix("failed") })
    #expect(client.take().suffix(2) == ["received end", "failed \(TOMPION_UNREACHABLE)"])
    #expect(client.backend.streams?.all.isEmpty == true, "a dead stream is closed")
    client.order(100)
    #expect(client.take() == ["sent 0"])
  }

  @Test func whatStandsAtAPathDecides() throws {
    let folder = try Folder()
    let nobody = try bench(Self.unix, ["path": .string(folder.file("none"))])
    #expect(nobody.take() == ["open \(TOMPION_NOT_FOUND)"])
    try Data().write(to: URL(fileURLWithPath: folder.file("plain")))
    let plain = try bench(Self.unix | Self.listen, ["path": .string(folder.file("plain"))])
    #expect(plain.take() == ["open \(TOMPION_INVALID)"])
    #expect(FileManager.default.fileExists(atPath: folder.file("plain")), "what is no socket is left alone")
    let path = folder.file("s")
    var server: CapabilityBench? = try bench(Self.unix | Self.listen, ["path": .string(path), "mode": .integer(0o660)])
    #expect(SmallFile.attributes(path)?.mode == 0o140660)
    let second = try bench(Self.unix | Self.listen, ["path": .string(path)])
    #expect(second.take() == ["open \(TOMPION_ADDRESS_IN_USE)"])
    server?.instance.close()
    server = nil
    #expect(!FileManager.default.fileExists(atPath: path), "its file goes with it")
  }

  @Test func onlyPathsAndAddressesThatTheSettingsNameAreUsed() throws {
    let folder = try Folder()
    let path = try bench(Self.unix | Self.listen, ["path": .string("/x"), "other": .string("=" + folder.file("s"))])
    #expect(path.take() == ["open \(TOMPION_PERMISSION)"])
    #expect(path.outbox.counters[.notGranted] == 1)
    var grants = ProviderGrants(
      settings: [
        ProviderSetting(path: "a", value: .string("192.0.2.1:4460")),
        ProviderSetting(path: "source[0].address", value: .string("time.example")),
        ProviderSetting(path: "b", value: .string("[2001:DB8::1]:123")),
      ], schema: [])
    let asked = SocketAddress(ipv4: 0xc000_0201, port: 9)
    let named = SocketAddress(ipv4: 0xc000_0202, port: 9)
    #expect(grants.permits(address: asked) && !grants.permits(address: named))
    #expect(grants.permits(name: "time.example") && !grants.permits(name: "evil.example"))
    grants.note(named)
    #expect(grants.permits(address: named.with(port: 4460)))
    #expect(!grants.permits(address: .loopback(.ipv6)))
    #expect(grants.permits(path: "time.example") && !grants.permits(path: "/192.0.2.1"))
  }

  @Test func tcpConnectsAcceptsAndIsRefused() throws {
    let server = try bench(Self.listen, ["local": .string("127.0.0.1"), "say": .string("hi")])
    #expect(try server.hears("opened 0"))
    server.order(108)
    let told = try #require(server.take().last)
    let port = try #require(Int64(told.dropFirst(5)))
    let client = try bench(
      0, ["peer": .string("127.0.0.1"), "port": .integer(port), "say": .string("yo")], number: 10, loop: server.loop)
    #expect(try client.hears("opened 0"))
    #expect(try server.hears("accepted here family 4"))
    client.order(100)
    #expect(try server.hears("received 796f"))
    server.order(100)
    #expect(try client.hears("received 6869"))
    client.order(105)
    #expect(client.take().last == "credentials \(TOMPION_UNSUPPORTED)")
    // Aborted: a reset, not an end.
    client.order(103)
    #expect(try server.hears("failed \(TOMPION_UNREACHABLE)"))
    server.instance.close()
    let refused = try bench(0, ["peer": .string("127.0.0.1"), "port": .integer(port)])
    #expect(try refused.hears("opened \(TOMPION_UNREACHABLE)"))
    #expect(refused.backend.streams?.all.isEmpty == true)
  }

  @Test func aNameOfTheSettingsGrantsItsAddresses() throws {
    let server = try bench(Self.listen, ["local": .string("127.0.0.1")])
    server.order(108)
    let told = try #require(server.take().last)
    let port = try #require(Int64(told.dropFirst(5)))
    let client = try bench(
      0, ["name": .string("localhost"), "port": .integer(port), "late": .integer(1)], number: 10, loop: server.loop)
    client.order(107)
    #expect(try client.hears("resolved 7 0 1"))
    #expect(try client.hears("opened 0"))
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  @Test func connectingTakesNoLongerThanItMay() throws {
    // A listener whose queue is full does not answer: 192.0.2.0/24 would need a route.
    let descriptor = try StreamSocket.listen(at: .loopback(.ipv4))
    let address = StreamSocket.local(descriptor.rawValue)
    var fillers: [FileDescriptor] = []
    for _ in 0..<80 { fillers.append(try StreamSocket.connect(from: .none, to: address)) }
    let client = try bench(
      0, ["peer": .string("127.0.0.1"), "port": .integer(Int64(address.port)), "timeout": .integer(20)])
    #expect(try client.hears("opened \(TOMPION_UNREACHABLE)"))
    #expect(fillers.count == 80)
  }

  @Test func urgentBytesAreBytes() throws {
    let descriptor = try StreamSocket.listen(at: .loopback(.ipv4))
    let port = Int64(StreamSocket.local(descriptor.rawValue).port)
    let client = try bench(0, ["peer": .string("127.0.0.1"), "port": .integer(port)])
    #expect(try client.hears("opened 0"))
    let (server, _) = try #require(try StreamSocket.accept(descriptor.rawValue))
    #expect("u".withCString { send(server.rawValue, $0, 1, Int32(MSG_OOB)) } == 1)
    #expect(try client.hears("received 75"))
    let begin = RawClock.now()
    try client.turn(1, milliseconds: 30)
    #expect(RawClock.now() - begin > .milliseconds(20), "the loop rests")
  }

  @Test func datagramsAreWholeAndTheOthersAreDropped() throws {
    let folder = try Folder()
    let path = folder.file("sock")
    let server = try bench(Self.unix | Self.listen | Self.datagram, ["path": .string(path)])
    #expect(try server.hears("opened 0"))
    let client = try bench(
      Self.unix | Self.datagram, ["path": .string(path), "say": .string("one")], number: 10, loop: server.loop)
    #expect(try client.hears("opened 0"))
    client.order(100)
    client.order(100)
    try server.turn(3)
    #expect(server.take().filter { $0 == "received 6f6e65" }.count == 2, "two datagrams, not one of six bytes")
    client.order(106, 20000)
    try server.turn(3)
    #expect(server.take().isEmpty, "longer than 16384: dropped")
    client.order(101)
    client.order(105)
    #expect(client.take().suffix(2) == ["end \(TOMPION_UNSUPPORTED)", "credentials \(TOMPION_UNSUPPORTED)"])
    client.order(100)
    #expect(try server.hears("received 6f6e65"), "and the server goes on")
  }

  /// Whoever may write in that folder could hand them to another socket, with the rights of the daemon.
  @Test func datagramsGoThroughNoLink() throws {
    let folder = try Folder()
    let path = folder.file("sock")
    let server = try bench(Self.unix | Self.listen | Self.datagram, ["path": .string(path)])
    #expect(try server.hears("opened 0"))
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: path)
    try FileManager.default.createSymbolicLink(atPath: folder.file("astray"), withDestinationPath: folder.file("none"))
    try Data().write(to: URL(fileURLWithPath: folder.file("plain")))
    for name in ["link", "astray", "plain", "."] {
      let client = try bench(Self.unix | Self.datagram, ["path": .string(folder.file(name))], number: 10)
      #expect(client.take() == ["open \(TOMPION_INVALID)"], "\(name)")
    }
    let nobody = try bench(Self.unix | Self.datagram, ["path": .string(folder.file("none"))], number: 10)
    #expect(nobody.take() == ["open \(TOMPION_NOT_FOUND)"])
  }

  @Test func moreThanThereIsRoomForWaits() throws {
    let folder = try Folder()
    let path = folder.file("s")
    let server = try bench(Self.unix | Self.listen, ["path": .string(path)])
    #expect(try server.hears("opened 0"))
    var clients: [FileDescriptor] = []
    for _ in 0..<(HostedStreams.limit + 5) {
      clients.append(try StreamSocket.connect(to: path, datagrams: false))
      try server.turn()
    }
    #expect(server.backend.streams?.all.count == HostedStreams.limit)
    server.order(104)
    #expect(server.take().last == "open \(TOMPION_AGAIN)")
    let begin = RawClock.now()
    try server.turn(1, milliseconds: 30)
    #expect(RawClock.now() - begin > .milliseconds(20), "the loop rests meanwhile")
    clients.removeFirst(10)
    try server.turn(20)
    // What hung up was told and closed, and those who waited came in.
    #expect(server.backend.streams?.all.count == HostedStreams.limit - 4)
  }
}
