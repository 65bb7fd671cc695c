// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import KeyFiles
import NTPSymmetric
import ProviderKit
import Testing

/// Keys whose time is over while they are in use.
@Suite struct KeyStateTests {
  private let path = "/etc/tompion/keys"
  private static let second: Int64 = 1_000_000_000

  /// A file with key 3, which ends so many seconds from now, and key 4, which does not.
  private func file(_ host: KeyHost, endsIn seconds: Int64) -> String {
    let now = (host.mock.raw + host.mock.clockOffset) / Self.second
    let line = Keys.symmetric(.sha256, id: 3, expiry: now + seconds).fileLine(.tompion) ?? ""
    return KeyFile.header + "\n" + line + Keys.line(.sha384, id: 4)
  }

  private func host(endsIn seconds: Int64) -> KeyHost {
    let host = KeyHost(keyFiles: [path])
    host.files[path] = Array(file(host, endsIn: seconds).utf8)
    return host.started()
  }

  @Test func whoSignsHearsAtTheSecondThatItIsOver() {
    let host = host(endsIn: 90)
    #expect(host.associate(0x101, key: "3") == .ok && host.associate(0x102, key: "4") == .ok)
    #expect(host.associate(0x103) == .ok)
    let request = host.protect(0x101, header()).bytes
    host.mock.advance(by: 89 * Self.second)
    #expect(host.told.isEmpty && host.protect(0x101, header()).verdict == .ok)
    host.mock.advance(by: Self.second)
    #expect(host.told.count == 1, "\(host.told)")
    #expect(host.told.first?.hasPrefix("\(0x101) \(TOMPION_NOT_FOUND) its time is over (") == true, "\(host.told)")
    #expect(host.protect(0x101, header()).refusal == .stale && host.unprotect(0x103, request).refusal == .stale)
    #expect(host.protect(0x102, header()).verdict == .ok)
    let words = host.mock.logs.filter { $0.hasPrefix("key 3 (\(path):2): its time is over") }
    #expect(words.count == 1, "\(host.mock.logs)")
    for _ in 0..<3 { host.mock.advance(by: 60 * Self.second) }
    #expect(host.told.count == 1 && host.mock.logs.filter { $0.contains("over") } == words, "said once")
  }

  /// A new text of the file with a later end is heard of like a key that comes.
  @Test func aLaterEndBringsItBack() {
    let host = host(endsIn: 5)
    host.associate(0x101, key: "3")
    host.mock.advance(by: 5 * Self.second)
    #expect(host.told.count == 1)
    host.files[path] = Array(file(host, endsIn: 7).utf8)
    host.changed("key_files[0]")
    #expect(host.told.last == "\(0x101) 0 " && host.protect(0x101, header()).verdict == .ok)
    host.mock.advance(by: 7 * Self.second)
    #expect(host.told.count == 3 && host.told[2].contains("over"), "the timer follows the new text")
  }

  /// The clock decides, whichever way it goes.
  @Test func aStepOfTheClockIsLookedAtAtOnce() {
    let host = host(endsIn: 3600)
    host.associate(0x101, key: "3")
    host.mock.clockOffset += 3600 * Self.second
    #expect(host.mock.command(TOMPION_COMMAND_TIME_JUMPED) == TOMPION_OK)
    host.mock.advance(by: 1)
    #expect(host.told.count == 1 && host.told[0].contains("over"))
    host.mock.clockOffset -= 3600 * Self.second
    #expect(host.mock.command(TOMPION_COMMAND_TIME_JUMPED) == TOMPION_OK)
    host.mock.advance(by: 1)
    #expect(host.told.last == "\(0x101) 0 " && host.told.count == 2)
  }

  @Test func whatIsOverBeforeItIsAskedForIsNotReady() {
    let host = host(endsIn: -1)
    #expect(host.associate(0x101, key: "3") == .again)
    host.mock.advance(by: 1)
    #expect(host.told.count == 1 && host.told[0].contains("over"))
    #expect(host.mock.logs.contains { $0.contains("auth = \"key:3\": its time is over") })
  }

  @Test func statesOfARing() {
    let ring = Keys.ring([
      Keys.symmetric(.sha256, id: 1), Keys.symmetric(.sha256, id: 2, expiry: 100),
      Keys.symmetric(.sha256, id: 3, expiry: 200),
    ])
    #expect(ring.state(of: 1, at: .max) == .usable && ring.state(of: 9, at: 0) == .missing)
    #expect(ring.state(of: 2, at: 99) == .usable && ring.state(of: 2, at: 100) == .expired(since: 100))
    #expect(ring.nextExpiry(after: 0) == 100 && ring.nextExpiry(after: 100) == 200)
    #expect(ring.nextExpiry(after: 200) == nil)
    #expect(ring.expired(at: 99).isEmpty && ring.expired(at: 200).map(\.id) == [2, 3])
    #expect(KeyState.usable.reason(key: 1) == "" && KeyState.missing.reason(key: 9).contains("key 9"))
    #expect(KeyState.expired(since: 0).reason(key: 1).contains("1970-01-01"))
  }
}
