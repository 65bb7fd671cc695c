// SPDX-License-Identifier: Apache-2.0

import CLinux
import CTompionProvider
import Foundation
import LinuxKernel
import Synchronization
import Testing
import TimeTypes

@testable import ProviderHost

/// device-io/1 with a pseudoterminal, System V memory, and pulses and PTP clocks of a fake kernel.
@Suite(.serialized) struct DeviceIOTests {
  /// A pseudoterminal: what is written to it is what a receiver sends.
  final class Line {
    private(set) var master: Int32
    let path: String

    init() throws {
      master = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
      var (unlocked, number): (Int32, Int32) = (0, -1)
      // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
      guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
        throw CompiledPlugin.CompilerError(description: "no pseudoterminal")
      }
      path = "/dev/pts/\(number)"
      _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit { hangUp() }

    func hangUp() {
      if master >= 0 { close(master) }
      master = -1
    }

    func say(_ text: String) { _ = text.withCString { write(master, $0, strlen($0)) } }

    var heard: String {
      var bytes = [UInt8](repeating: 0, count: 256)
      let got = read(master, &bytes, 256)
      return String(decoding: bytes.prefix(max(got, 0)), as: UTF8.self)
    }
  }

  /// Gives /dev/null for every device: something to hold.
  final class NullOpener: DescriptorOpener {
    var requests: [DescriptorRequest] = []
    var errno: Int32 = 0

    func openDatagram(
      _ options: UDPSocketOptions, _ profile: KernelProfile
    ) throws(KernelError) -> UDPSocket.Opened {
      try UDPSocket.open(options, profile)
    }

    func open(_ request: DescriptorRequest) throws(KernelError) -> OpenedDescriptor {
      requests.append(request)
      guard errno == 0 else { throw KernelError("open the device", errno: errno) }
      return OpenedDescriptor(FileDescriptor(owning: Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)))
    }

    func attach(unit: UInt32, isWritable: Bool, trustsAnyOwner: Bool) throws(KernelError) -> SharedSegment {
      throw KernelError("attach from here", errno: KernelError.notSupported)
    }
  }

  private func serial(_ path: String, _ more: [String: ProviderSetting.Value] = [:]) -> [String: ProviderSetting.Value]
  {
    more.merging(["path": .string(path), "kind": .integer(1)]) { given, _ in given }
  }

  @Test func aSerialLineIsRawBothWays() throws {
    let line = try Line()
    let bench = try CapabilityBench("device-io", settings: serial(line.path, ["say": .string("\u{3}\r\nB")]))
    try bench.start()
    #expect(bench.take() == ["open 0"])
    // What a cooked terminal would change: interrupt, carriage return, start and stop, the eighth bit.
    line.say("\u{3}$GP\r\n\u{11}\u{13}\u{e9}")
    #expect(try bench.hears("received 032447500d0a1113c3a9 kind 1 now"))
    #expect(bench.order(100) == TOMPION_OK)
    #expect(try bench.hears("wrote 4"))
    #expect(line.heard == "\u{3}\r\nB")
    #expect(bench.outbox.counters.misbehaviour == 0)
  }

  @Test func aLineThatHangsUpIsToldAndComesBack() throws {
    let folder = NSTemporaryDirectory() + "tompion-line-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/gps0"
    let first = try Line()
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: first.path)
    let bench = try CapabilityBench("device-io", settings: serial(path))
    bench.backend.reopening = .milliseconds(5)
    try bench.start()
    first.say("A")
    #expect(try bench.hears("received 41 kind 1 now"))
    try FileManager.default.removeItem(atPath: path)
    first.hangUp()
    #expect(try bench.hears("changed -10"))
    try bench.turn(8, milliseconds: 5)
    #expect(bench.take().filter { $0.hasPrefix("changed") } == ["changed -10"], "told once, however often it is tried")
    let second = try Line()
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: second.path)
    #expect(try bench.hears("changed 0"))
    second.say("B")
    #expect(try bench.hears("received 42 kind 1 now"))
  }

  @Test func onlyDevicesThatTheSettingsNameAreOpened() throws {
    let line = try Line()
    let bench = try CapabilityBench("device-io", settings: serial("/dev/ttyNone", ["other": .string("=" + line.path)]))
    try bench.start()
    #expect(bench.take() == ["open -7"])
    #expect(bench.outbox.counters[.notGranted] == 1)
  }

  @Test(arguments: [
    ("/dev/null", 1, TOMPION_INVALID), ("/dev/null", 2, TOMPION_INVALID), ("/dev/null", 3, TOMPION_INVALID),
    ("/etc/passwd", 1, TOMPION_INVALID), ("/etc/passwd", 2, TOMPION_INVALID), ("/etc/passwd", 3, TOMPION_INVALID),
    ("/tmp", 1, TOMPION_INVALID), ("/dev/no-such-tty", 1, TOMPION_NOT_FOUND), ("/dev/pps999", 2, TOMPION_NOT_FOUND),
    ("shm:256", 4, TOMPION_INVALID), ("/dev/null", 4, TOMPION_INVALID), ("shm:0", 1, TOMPION_NOT_FOUND),
    ("/dev/null", 9, TOMPION_UNSUPPORTED),
  ])
  func whatIsNoSuchDeviceIsRefused(path: String, kind: Int, status: tompion_status) throws {
    let bench = try CapabilityBench(
      "device-io", settings: ["path": .string(path), "kind": .integer(Int64(kind)), "edges": .integer(1)])
    try bench.start()
    #expect(bench.take() == ["open \(status)"])
  }

  @Test func aPipeInADevicesPlaceDoesNotHang() throws {
    let path = NSTemporaryDirectory() + "tompion-pipe-\(UUID().uuidString)"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    for kind in Int64(1)...3 {
      let bench = try CapabilityBench(
        "device-io", settings: ["path": .string(path), "kind": .integer(kind), "edges": .integer(1)])
      try bench.start()
      #expect(bench.take() == ["open \(TOMPION_INVALID)"])
    }
  }

  @Test func speedsFlagsAndSecondOpeningsAreChecked() throws {
    let line = try Line()
    let wrong = try CapabilityBench("device-io", settings: serial(line.path, ["speed": .integer(12345)]))
    try wrong.start()
    #expect(wrong.take() == ["open \(TOMPION_INVALID)"])
    let flagged = try CapabilityBench("device-io", settings: serial(line.path, ["flags": .integer(64)]))
    try flagged.start()
    #expect(flagged.take() == ["open \(TOMPION_UNSUPPORTED)"])
    let bench = try CapabilityBench("device-io", settings: serial(line.path, ["speed": .integer(115200)]))
    try bench.start()
    bench.order(102)
    #expect(bench.take() == ["open 0", "open \(TOMPION_ADDRESS_IN_USE)"])
    bench.order(101)
    line.say("late")
    try bench.turn(3)
    #expect(bench.take().isEmpty, "nothing is delivered after close")
    bench.order(102)
    #expect(bench.take() == ["open 0"], "and the path is free again")
  }

  @Test func aWrongStateIsRefusedAndCloseClosesAll() throws {
    let line = try Line()
    let bench = try CapabilityBench("device-io", settings: serial(line.path, ["say": .string("x")]))
    bench.order(100)
    #expect(bench.take() == ["wrote 0"])
    #expect(bench.outbox.counters[.wrongState] == 1, "nothing is written before start")
    try bench.start()
    bench.instance.close()
    #expect(bench.backend.devices?.all.isEmpty == true, "closing closes the device")
  }

  // MARK: memory

  @Test func memoryIsReadWhenItChangesAndWhole() throws {
    let unit: UInt32 = 201
    clinux_segment_remove(unit)
    #expect(clinux_segment_create(unit, 0o600) == 0)
    defer { clinux_segment_remove(unit) }
    let settings: [String: ProviderSetting.Value] = [
      "path": .string("shm:\(unit)"), "kind": .integer(4), "interval": .integer(5),
    ]
    let reader = try CapabilityBench("device-io", settings: settings)
    let writer = try CapabilityBench(
      "device-io", settings: settings.merging(["flags": .integer(2)]) { $1 }, number: 10, loop: reader.loop)
    try reader.start()
    try writer.start()
    #expect(try reader.hears({ $0.hasPrefix("received 00000000000000") }), "as it is at first")
    writer.order(103, 0x5a)
    #expect(writer.take() == ["open 0", "wrote 96", "short 0"])
    // mode 1, count 2, then the image with valid 1; the test shows 64 bytes.
    let shown =
      "0100000002000000" + String(repeating: "5a", count: 40) + "01000000" + String(repeating: "5a", count: 12)
    #expect(try reader.hears("received \(shown) kind 1 now"))
    _ = reader.take()
    try reader.turn(5, milliseconds: 5)
    #expect(reader.take().isEmpty, "an unchanged segment is not told")
    reader.order(103, 1)
    #expect(reader.take() == ["wrote 0", "short 0"], "a reader cannot write")
  }

  @Test func memoryThatOthersMayWriteIsRefused() throws {
    let unit: UInt32 = 202
    clinux_segment_remove(unit)
    #expect(clinux_segment_create(unit, 0o666) == 0)
    defer { clinux_segment_remove(unit) }
    let settings: [String: ProviderSetting.Value] = ["path": .string("shm:\(unit)"), "kind": .integer(4)]
    let bench = try CapabilityBench("device-io", settings: settings)
    try bench.start()
    #expect(bench.take() == ["open \(TOMPION_PERMISSION)"])
    let trusting = try CapabilityBench("device-io", settings: settings.merging(["flags": .integer(4)]) { $1 })
    try trusting.start()
    #expect(trusting.take() == ["open 0"])
    let missing = try CapabilityBench("device-io", settings: ["path": .string("shm:203"), "kind": .integer(4)])
    try missing.start()
    #expect(missing.take() == ["open \(TOMPION_NOT_FOUND)"])
  }

  // MARK: marks

  private final class Pulses: Sendable {
    let now = Mutex(clinux_pulses_t())
    let isGone = Mutex(false)

    func fetch(_ pulses: inout clinux_pulses_t) -> Int32 {
      guard !isGone.withLock({ $0 }) else { return -ENODEV }
      pulses = now.withLock { $0 }
      return 0
    }
  }

  @Test func everyEdgeIsToldOnceInOrder() throws {
    let pulses = Pulses()
    let opener = NullOpener()
    var calls = MarkCalls.kernel
    calls.pulses = { _, found in pulses.fetch(&found) }
    pulses.now.withLock { $0 = clinux_pulses_t(assert_sequence: 7, clear_sequence: 7, assert_ns: 1, clear_ns: 2) }
    let bench = try CapabilityBench(
      "device-io",
      settings: [
        "path": .string("/dev/pps7"), "kind": .integer(2), "edges": .integer(3), "interval": .integer(5),
        "flags": .integer(1),
      ], opener: opener, markCalls: calls)
    try bench.start()
    guard case .device(let asked)? = opener.requests.first else {
      Issue.record("nothing was opened")
      return
    }
    #expect(asked.kind == .pulses && asked.edges == [.assert, .clear] && asked.enablesPulses)
    try bench.turn(4, milliseconds: 5)
    #expect(bench.take() == ["open 0"], "what was there before is not told")
    let now = ClockPair.realtime().time.nanoseconds
    pulses.now.withLock {
      $0 = clinux_pulses_t(assert_sequence: 9, clear_sequence: 8, assert_ns: now, clear_ns: now - 1000)
    }
    #expect(try bench.hears({ $0.hasPrefix("mark edge 1 sequence 9 kind 2") }))
    let marks = bench.take()
    #expect(marks.count == 2 && marks.first?.hasPrefix("mark edge 2 sequence 8 kind 2") == true, "\(marks)")
    try bench.turn(4, milliseconds: 5)
    #expect(bench.take().isEmpty)
    bench.backend.reopening = .milliseconds(5)
    pulses.isGone.withLock { $0 = true }
    #expect(try bench.hears("changed -10"))
    pulses.isGone.withLock { $0 = false }
    #expect(try bench.hears("changed 0"))
  }

  @Test func aPTPClockGivesReadingsAndExternalStamps() throws {
    let opener = NullOpener()
    var calls = MarkCalls.kernel
    let ahead: Int64 = 37_000_000_000
    // The device is the raw counter, 37 s ahead.
    calls.phc.precise = { _, stamp in
      let raw = RawClock.now().nanoseconds
      stamp = clinux_cross_stamp_t(device: raw + ahead, realtime: 0, raw: raw)
      return 0
    }
    let waiting = Mutex<[clinux_external_stamp_t]>([])
    calls.external = { _, stamp in
      waiting.withLock {
        guard !$0.isEmpty else { return 0 }
        stamp = $0.removeFirst()
        return 1
      }
    }
    let bench = try CapabilityBench(
      "device-io",
      settings: [
        "path": .string("/dev/ptp7"), "kind": .integer(3), "edges": .integer(1), "channel": .integer(2),
        "interval": .integer(5),
      ], opener: opener, markCalls: calls)
    try bench.start()
    // By the best way that the kernel's calls know.
    #expect(
      try bench.hears({
        $0.hasPrefix("mark edge 0 sequence 0 kind 3") && $0.hasSuffix(" channel \(TOMPION_READING_PRECISE)")
      }))
    try bench.turn(5, milliseconds: 12)
    let raw = RawClock.now().nanoseconds - 1_000_000
    waiting.withLock {
      $0 = [
        clinux_external_stamp_t(device: raw + ahead, channel: 2, reserved: 0),
        clinux_external_stamp_t(device: raw + ahead, channel: 1, reserved: 0),
      ]
    }
    _ = bench.take()
    // /dev/null is always readable.
    let wanted = "mark edge 1 sequence 1 kind 3 device \(raw + ahead) "
    #expect(try bench.hears({ $0.hasPrefix(wanted) }))
    let mark = try #require(bench.take().first { $0.hasPrefix(wanted) })
    let told = try #require(Int64(mark.split(separator: " ")[12]))
    #expect(abs(told - raw) < 1000, "\(mark)")
  }

  @Test func aChildThatCannotAttachSaysSo() throws {
    let bench = try CapabilityBench(
      "device-io", settings: ["path": .string("shm:1"), "kind": .integer(4)], opener: NullOpener())
    try bench.start()
    #expect(bench.take() == ["open \(TOMPION_UNSUPPORTED)"])
  }
}
