// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Foundation
import NTPServer
import ProviderHost
import Testing
import TimeTypes
import VirtualHost

/// store/1, secrets/1 and authenticate/1 in virtual time, by the same test providers as over the kernel (Tests/Providers).
@Suite(.serialized) struct ServicesTests {
  private struct CompilerError: Error { var text: String }

  static func module(_ name: String) throws -> ProviderModule {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let library = NSTemporaryDirectory() + "tompion-virtual-\(name)-\(UUID().uuidString).so"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "gcc", "-std=c11", "-fPIC", "-shared", "-I\(root)/Sources/CTompionProvider/include", "-o", library,
      "\(root)/Tests/Providers/\(name).c",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    defer { try? FileManager.default.removeItem(atPath: library) }
    guard compiler.terminationStatus == 0 else { throw CompilerError(text: name) }
    return try ProviderModule.load(path: library)
  }

  private func said(_ provider: VirtualProvider) -> [String] {
    var lines: [String] = []
    while let message = provider.outbox.messages.next() { lines.append(message.text) }
    return lines
  }

  private func setting(_ path: String, _ text: String) -> ProviderSetting {
    ProviderSetting(path: path, value: .string(text))
  }

  @Test func valuesAndSecretsAreThere() throws {
    let scene = Scene()
    scene.client.secrets["/etc/keys"] = Array("key".utf8)
    let provider = try scene.client.start(
      try Self.module("store"), provider: "store",
      settings: [
        setting("name", "cookies"), setting("value", "abc"), setting("setting", "key_file"),
        setting("key_file", "/etc/keys"),
      ])
    for kind in [101, 100, 105, 106] as [Int32] { provider.instance.command(kind) }
    let rest = String(repeating: "ee", count: 6)
    #expect(said(provider) == ["put 0", "value 3 616263\(rest)", "secret 6b6579", "released"])
    let other = try scene.client.start(
      try Self.module("store"), provider: "store", settings: [setting("setting", "k"), setting("k", "/none")])
    other.instance.command(105)
    #expect(said(other).last == "secret \(TOMPION_NOT_FOUND)")
  }

  /// Nobody else shows whoever writes a scenario what was refused.
  @Test func aWrongSettingIsNamed() throws {
    let scene = Scene()
    let module = try ProviderModule(path: "built in", pointer: ntpServerModule())
    let wrong = [setting("listen", "192.0.2.1"), setting("rate_limit", "fast")]
    do throws(ProviderError) {
      _ = try scene.server.start(module, provider: "ntp-server", settings: wrong)
      Issue.record("it was started")
    } catch {
      #expect(error.description.hasPrefix("built in: rate_limit: is refused; "), "\(error)")
      guard case .settingsRefused(let complaints) = error.reason else {
        Issue.record("\(error.reason)")
        return
      }
      #expect(complaints.count == 1)
    }
  }

  @Test func packetsAreAuthenticatedOnOneHostAlone() throws {
    let scene = Scene()
    let settings = [
      setting("scheme", "sum"), ProviderSetting(path: "limit", value: .integer(64)),
    ]
    let authenticator = try scene.client.start(try Self.module("authenticator"), provider: "authenticator")
    let caller = try scene.client.start(try Self.module("caller"), provider: "caller", settings: settings)
    for kind in [99, 100, 101] as [Int32] { caller.instance.command(kind) }
    #expect(
      said(caller) == [
        "open 0", "protect verdict 0 reason 0 length 12 key 7 request 0",
        "unprotect verdict 0 reason 0 length 8 key 0 request 99",
      ])
    let stranger = try scene.server.start(try Self.module("caller"), provider: "caller", settings: settings)
    stranger.instance.command(99)
    #expect(said(stranger).last == "open \(TOMPION_NOT_FOUND)", "another host is another process")
    authenticator.instance.close()
    #expect(said(caller).last == "ready here \(TOMPION_UNREACHABLE) peer 0 0 'its authenticator has ended'")
  }
}
