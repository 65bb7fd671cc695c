// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct UnixSocketTests {
  @Test func connectsTalksAndKnowsWhoIsThere() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("control.sock")
    let listener = try UnixListener(path: path)
    #expect(SmallFile.attributes(path).map { $0.mode & 0o777 } == 0o660)
    #expect(try listener.accept() == nil)
    let client = try UnixSocket.connect(path)
    let server = try #require(try listener.accept())
    #expect(try server.credentials() == PeerCredentials(pid: getpid(), user: getuid(), group: getgid()))
    #expect(try server.receive() == nil)
    try client.sendAll(Array("status\n".utf8))
    #expect(try server.receive() == Array("status\n".utf8))
    let answer = [UInt8](repeating: 65, count: 1000)
    #expect(try server.send(answer[...]) == 1000)
    #expect(try client.receive(limit: 2000) == answer)
  }

  @Test func theOtherSideLeavesAndNobodyDies() throws {
    let (first, second) = try UnixSocket.pair()
    #expect(try first.receive() == nil)
    try second.sendAll([1, 2])
    #expect(try first.receive() == [1, 2])
    let listenerDirectory = try TemporaryDirectory()
    let listener = try UnixListener(path: listenerDirectory.file("s"))
    var client: UnixSocket? = try UnixSocket.connect(listener.path)
    let server = try #require(try listener.accept())
    #expect(client != nil)
    client = nil
    #expect(try server.receive() == [])
    let error = #expect(throws: KernelError.self) {
      for _ in 0..<3 { _ = try server.send([1]) }
    }
    #expect(error?.errno == EPIPE)
  }

  @Test func onlyTheOwnFileIsRemoved() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("control.sock")
    var first: UnixListener? = try UnixListener(path: path)
    SmallFile.remove(path)
    let second = try UnixListener(path: path)
    #expect(first != nil)
    first = nil
    #expect(directory.names == ["control.sock"])
    second.removeFile()
    #expect(directory.names.isEmpty)
  }

  @Test func aLogNobodyReadsDoesNotHoldTheWriter() throws {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    let (reader, writer) = (FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
    let line = String(repeating: "x", count: 1000)
    var written = 0
    while written < 1000, Console.writePromptly(line, to: writer.rawValue) { written += 1 }
    // A pipe holds 64 KiB by default: it came back instead of waiting, and not before it was full.
    #expect(written >= 4 && written < 1000)
    withExtendedLifetime(reader) {}
  }

  @Test func aLeftoverIsReplacedALivingOneIsNot() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("control.sock")
    do {
      let listener = try UnixListener(path: path)
      #expect(throws: KernelError("listen on the control socket", errno: EADDRINUSE)) {
        _ = try UnixListener(path: path)
      }
      withExtendedLifetime(listener) {}
    }
    #expect(directory.names.isEmpty)
    // A socket file that nobody listens on, as a crash leaves it.
    close(try bound(path, SOCK_STREAM))
    let again = try UnixListener(path: path)
    _ = try UnixSocket.connect(again.path)
    // A file that is no socket is not ours to remove.
    try directory.write("file", "precious")
    #expect(throws: KernelError("listen on the control socket", errno: EEXIST)) {
      _ = try UnixListener(path: directory.file("file"))
    }
    #expect(try SmallFile.read(directory.file("file")) == Array("precious".utf8))
  }

  @Test(arguments: [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET])
  func aSocketSomebodyIsBoundToIsLeftAlone(kind: __socket_type) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("control.sock")
    // Not listening: it refuses connections like a leftover does.
    let fd = try bound(path, kind)
    #expect(throws: KernelError("listen on the control socket", errno: EADDRINUSE)) {
      _ = try UnixListener(path: path)
    }
    #expect(directory.names == ["control.sock"])
    close(fd)
    _ = try UnixListener(path: path)
  }

  /// A socket of that kind bound to the path.
  private func bound(_ path: String, _ kind: __socket_type) throws -> Int32 {
    let fd = socket(AF_UNIX, Int32(kind.rawValue), 0)
    var name = sockaddr_un()
    name.sun_family = UInt16(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    try #require(result == 0)
    return fd
  }

  @Test func aPathTooLongIsAnError() {
    #expect(throws: KernelError.self) { _ = try UnixListener(path: "/tmp/" + String(repeating: "x", count: 200)) }
  }
}
