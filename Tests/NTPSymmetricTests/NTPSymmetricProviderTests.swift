// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CTompionProvider
import KeyFiles
import ProviderKit
import Testing

@testable import NTPSymmetric

/// The provider through its C tables.
@Suite struct NTPSymmetricProviderTests {
  private let path = "/etc/tompion/keys"

  private func allowed(_ host: KeyHost) -> KeyHost {
    host.mock.set("allow_md5", true)
    host.mock.set("allow_sha1", true)
    return host
  }

  @Test func clientAndServerOfOneHost() {
    let host = allowed(KeyHost(files: [path: Keys.file])).started()
    #expect(host.scheme == "symmetric")
    #expect(host.associate(0x101) == .ok)
    #expect(host.growth(0x101) == 68 && host.growth(0x102) == 0)
    for (index, algorithm) in KeyAlgorithm.allCases.enumerated() {
      let client = UInt32(0x102 + index)
      #expect(host.associate(client, key: "\(Keys.id(algorithm))") == .ok)
      let request = host.protect(client, header())
      #expect(request.verdict == .ok && request.bytes.count == 52 + min(20, algorithm.digestLength))
      let taken = host.unprotect(0x101, request.bytes)
      #expect(taken.verdict == .ok && taken.bytes == header() && taken.key == Keys.id(algorithm))
      let reply = host.protect(0x101, header(mode: 4), request: taken.request)
      let read = host.unprotect(client, reply.bytes)
      #expect(read.verdict == .ok && read.bytes == header(mode: 4))
    }
    host.dissociate(0x102)
    #expect(host.protect(0x102, header()).refusal == .fault, "closed: it says nothing")
    _ = host.mock.command(TOMPION_COMMAND_QUERY)
    #expect(host.mock.logs.last == "16 signed, 16 verified")
    _ = host.mock.command(TOMPION_COMMAND_QUERY)
    #expect(host.mock.logs.filter { $0.contains("signed") }.count == 1, "nothing new: nothing said")
  }

  @Test func weakKeysNeedTheirOptIn() {
    let host = KeyHost(files: [path: Keys.file]).started()
    #expect(host.associate(0x102, key: "1") == .again)
    #expect(
      host.mock.logs.contains { $0.contains("\(path):2: key 1 is of type md5") && $0.contains("allow_md5 = true") })
    #expect(host.mock.logs.contains { $0.contains("key 2 is of type sha1") && $0.contains("allow_sha1 = true") })
    #expect(host.mock.logs.contains { $0.contains("key:1") && $0.contains("no key file has a key 1") })
    host.mock.set("allow_md5", true)
    #expect(host.mock.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    host.mock.advance(by: 1)
    #expect(host.told.contains("\(0x102) 0 ") && host.associate(0x103, key: "2") == .again)
    #expect(host.protect(0x102, header()).verdict == .ok)
  }

  @Test(arguments: ["", "x", "0", "-1", "4294967296", "7 ", "key:7"]) func whatIsNoKeyNumberIsRefused(key: String) {
    let host = KeyHost(files: [path: Keys.file]).started()
    #expect(host.associate(0x101, key: key) == .invalid)
    #expect(host.mock.logs.last?.contains("number of a key") == true)
  }

  @Test func aChangedFileIsReadAnew() {
    let host = KeyHost(files: [path: Keys.file]).started()
    #expect(host.associate(0x102, key: "3") == .ok && host.associate(0x103, key: "4") == .ok)
    host.files[path] = Array((KeyFile.header + "\n" + Keys.line(.sha512, id: 77)).utf8)
    host.changed("key_files[0]")
    #expect(host.associate(0x101, key: "77") == .ok && host.protect(0x101, header()).verdict == .ok)
    #expect(host.held.count == 1, "the copy of the old file is given back")
    #expect(host.protect(0x102, header()).refusal == .unknownKey, "it is in the file no more")
    let gone = "\(TOMPION_NOT_FOUND) no key file has a key"
    #expect(host.told == ["\(0x102) \(gone) 3 that may be used", "\(0x103) \(gone) 4 that may be used"])
    host.told = []
    host.files[path] = Array(Keys.file.utf8)
    host.changed("key_files[0]")
    #expect(host.told.contains("\(0x102) 0 ") && host.told.count == 3 && host.protect(0x102, header()).verdict == .ok)
  }

  /// The association waits for its key: no caller has to ask again for what comes with a later text of the file.
  @Test func aKeyThatComesLateIsUsedAtOnce() {
    let host = KeyHost(files: [path: KeyFile.header + "\n" + Keys.line(.sha256)]).started()
    #expect(host.associate(0x101, key: "77") == .again)
    #expect(host.told.isEmpty, "the caller is inside of its call")
    #expect(host.protect(0x101, header()).refusal == .unknownKey && host.growth(0x101) == 68)
    host.mock.advance(by: 1)
    let missing = "\(0x101) \(TOMPION_NOT_FOUND) no key file has a key 77 that may be used"
    #expect(host.told == [missing])
    host.told = []
    host.files[path]? += Array(Keys.line(.aes128CMAC, id: 77).utf8)
    host.changed("key_files[0]")
    #expect(host.told == ["\(0x101) 0 "] && host.protect(0x101, header()).verdict == .ok)
    host.told = []
    host.files[path] = Array((KeyFile.header + "\n" + Keys.line(.sha256)).utf8)
    host.changed("key_files[0]")
    #expect(host.told == [missing] && host.protect(0x101, header()).refusal == .unknownKey)
    // One that is closed before it could hear hears nothing, nor one whose key came first.
    host.told = []
    host.associate(0x102, key: "78")
    host.dissociate(0x102)
    host.associate(0x103, key: "79")
    host.files[path]? += Array(Keys.line(.aes128CMAC, id: 79).utf8)
    host.changed("key_files[0]")
    host.mock.advance(by: 1)
    #expect(host.told == ["\(0x103) 0 "])
  }

  @Test func aBrokenNewFileKeepsTheOldKeys() {
    let host = KeyHost(files: [path: Keys.file]).started()
    host.associate(0x101, key: "3")
    let line = Keys.line(.sha256)
    for (broken, words) in [
      (Keys.file.replacing(line, with: "3 sha9 hex:00\n"), "broken where key 3 stands"),
      (Keys.file.replacing(line, with: "three sha256 hex:00\n"), "key 3 is missing"),
      (KeyFile.header + "\n3 sha9 hex:00\n", "\(path):2:3: key 3"), ("", "is empty"),
      ("# tompion keys 9\n", "\(path):1:1"),
    ] {
      host.mock.logs = []
      host.files[path] = Array(broken.utf8)
      host.changed("key_files[0]")
      #expect(host.mock.logs.contains { $0.contains(words) }, "\(host.mock.logs)")
      #expect(host.mock.logs.contains { $0.contains("6 keys") || $0.contains("8 keys") })
      #expect(host.protect(0x101, header()).verdict == .ok)
    }
    host.files[path] = nil
    host.mock.logs = []
    host.changed("key_files[0]")
    #expect(host.mock.logs.contains { $0.contains(path) && $0.contains("not found") && $0.contains("stay in use") })
    #expect(host.protect(0x101, header()).verdict == .ok)
  }

  /// A line that is broken all along does not keep the key of another one that is taken out.
  @Test(arguments: ["99 sha9 hex:00\n", "word sha256 hex:00\n", "3 sha9 hex:00\n"])
  func aKeyThatIsTakenOutIsGone(broken: String) {
    let host = KeyHost(files: [path: Keys.file + broken]).started()
    host.associate(0x101, key: "3")
    host.associate(0x102, key: "4")
    host.files[path] = Array((Keys.file.replacing(Keys.line(.sha256), with: "") + broken).utf8)
    host.changed("key_files[0]")
    #expect(host.protect(0x101, header()).refusal == .unknownKey && host.protect(0x102, header()).verdict == .ok)
    #expect(host.told == ["\(0x101) \(TOMPION_NOT_FOUND) no key file has a key 3 that may be used"])
    // Nor does a new broken line that is no key's in use.
    host.files[path] = Array((KeyFile.header + "\n" + Keys.line(.sha512) + broken + "98 sha9 hex:00\n").utf8)
    host.changed("key_files[0]")
    #expect(host.protect(0x102, header()).refusal == .unknownKey)
    // And the last key goes like any other.
    host.associate(0x103, key: "\(Keys.id(.sha512))")
    #expect(host.protect(0x103, header()).verdict == .ok)
    host.files[path] = Array((KeyFile.header + "\n" + broken).utf8)
    host.changed("key_files[0]")
    #expect(host.protect(0x103, header()).refusal == .unknownKey)
  }

  /// At the start a broken line loses itself alone.
  @Test func brokenLinesOfTheFirstReadingLoseThemselves() {
    let host = KeyHost(files: [path: Keys.file + "99 sha9 hex:00\n"]).started()
    #expect(host.mock.logs.contains { $0.contains("\(path):10:4: key 99") })
    host.associate(0x101, key: "3")
    #expect(host.protect(0x101, header()).verdict == .ok)
  }

  @Test func aFileThatIsNotThereIsLookedForEachMinute() {
    let host = KeyHost(keyFiles: [path]).started()
    #expect(host.associate(0x101, key: "3") == .again)
    #expect(host.mock.logs.contains { $0.contains(path) && $0.contains("not found") })
    for _ in 0..<3 { host.mock.advance(by: 60_000_000_000) }
    #expect(host.mock.logs.filter { $0.contains("not found") }.count == 1, "told once")
    #expect(host.mock.logs.filter { $0.contains("in use") }.count == 1, "and nothing is made anew")
    host.files[path] = Array(Keys.file.utf8)
    host.told = []
    host.mock.advance(by: 60_000_000_000)
    #expect(host.told == ["\(0x101) 0 "] && host.protect(0x101, header()).verdict == .ok)
  }

  @Test func twoFilesAndADoubleNumber() {
    let line = Keys.line(.aes256CMAC, id: 3)
    let host = KeyHost(files: ["/a": Keys.file, "/b": KeyFile.header + "\n" + line]).started()
    #expect(
      host.mock.logs.contains { $0 == "key 3 is in /a:4 and in /b:2: that of /a:4 is used, the other never" },
      "\(host.mock.logs)")
    host.associate(0x101, key: "3")
    let signed = host.protect(0x101, header()).bytes
    #expect(signed.count == 72, "SHA-256 of /a, cut, and not CMAC's 16 bytes")
  }

  @Test func theUseOfKeysIsStoredEachMinute() {
    let host = KeyHost(files: [path: Keys.file])
    host.stored["key-use"] = Array("3 5\n4711 6\n".utf8)
    _ = host.started()
    host.associate(0x101)
    host.associate(0x102, key: "3")
    host.mock.advance(by: 60_000_000_000)
    let forgotten = host.stored["key-use"].map { String(decoding: $0, as: UTF8.self) }
    #expect(forgotten == "3 5\n", "key 4711 is in no file any more")
    let puts = host.puts
    let request = host.protect(0x102, header()).bytes
    host.mock.advance(by: 60_000_000_000)
    #expect(host.puts == puts, "a request that nobody has answered is no use")
    for _ in 0..<100 { _ = host.unprotect(0x101, request) }
    host.mock.advance(by: 60_000_000_000)
    let now = (host.mock.raw + host.mock.clockOffset) / 1_000_000_000
    #expect(host.stored["key-use"].map { String(decoding: $0, as: UTF8.self) } == "3 \(now)\n")
    #expect(host.puts == puts + 1)
    _ = host.unprotect(0x101, request)
    host.mock.stop()
    #expect(host.puts == puts + 2, "and at the end")
  }

  @Test func noSecretIsInAnyLine() {
    let secrets = KeyAlgorithm.allCases.map { SecretText.hexadecimal(Keys.secret($0)) }
    let host = KeyHost(files: [path: Keys.file + "99 sha9 hex:\(secrets[4])\n100 \(secrets[5]) sha256\n"]).started()
    host.associate(0x101, key: "99")
    host.files[path] = Array((Keys.file + "3 sha256 hex:\(secrets[6])\n").utf8)
    host.changed("key_files[0]")
    #expect(host.mock.logs.count > 5)
    for line in host.mock.logs + host.mock.refusals.map(\.text) + host.mock.events.map(\.text) {
      for secret in secrets { #expect(!line.contains(secret) && !line.contains(secret.prefix(16))) }
    }
  }

  @Test func wrongSettingsAreRefused() {
    let host = KeyHost(files: [path: Keys.file])
    host.set("format", "pgp")
    #expect(host.mock.open(ntpSymmetricModule(), id: "org.tompion.ntp-symmetric"))
    #expect(host.mock.initialize() == TOMPION_INVALID && host.mock.refusals.count == 1)
    let poor = KeyHost(files: [path: Keys.file])
    poor.mock.extensions = [:]
    #expect(poor.mock.open(ntpSymmetricModule(), id: "org.tompion.ntp-symmetric"))
    #expect(poor.mock.initialize() == TOMPION_UNSUPPORTED)
  }

  /// A host hands over what came at once; each packet has a verdict of its own, and the counters know all of them.
  @Test func eachPacketOfACallHasItsOwnVerdict() throws {
    let host = KeyHost(files: [path: Keys.file]).started()
    host.associate(5)
    let scheme = Scheme(ring: Keys.ring())
    let ids = [Keys.id(.sha256), Keys.id(.aes128CMAC), Keys.id(.sha512)]
    let signed = ids.map { scheme.request(header(), key: $0).bytes }
    var wrong = signed[0]
    wrong[30] ^= 1
    let packets = [
      signed[0], header(), wrong, signed[1], header() + [0, 0, 0, 9] + [UInt8](repeating: 1, count: 20), signed[2],
    ]
    let alone = packets.map { host.unprotect(5, $0) }
    let together = host.decideAll(protects: false, 5, packets)
    #expect(together == alone)
    #expect(together.map(\.verdict) == [.ok, .none, .refuse, .ok, .refuse, .ok])
    #expect([0, 3, 5].map { together[$0].key } == ids)
    let replies = host.decideAll(
      protects: true, 5, [header(), header()], requests: [together[3].request, together[0].request])
    #expect(replies.map(\.key) == [ids[1], ids[0]], "each with its own request's key")
    #expect(host.mock.command(TOMPION_COMMAND_QUERY) == TOMPION_OK)
    #expect(
      host.mock.logs.last?.contains(
        "2 signed, 6 verified, 2 of other schemes, 2 with a key that is not known, 2 with a wrong code") == true)
  }

  @Test(arguments: KeyAlgorithm.allCases) func nothingIsAllocatedForAPacket(algorithm: KeyAlgorithm) throws {
    guard allocation_counter_works() == 1 else { try Test.cancel("a sanitizer has its own allocator in place") }
    let scheme = Scheme(ring: Keys.ring([Keys.symmetric(algorithm, addresses: ["192.0.2.1"], expiry: .max)]))
    let current = CurrentRing()
    current.replace(by: scheme.ring)
    let id = Keys.id(algorithm)
    var buffer = [UInt8](repeating: 0, count: 200)
    let peer = SocketAddress(ipv4: 0xc000_0201)
    var good = 0
    for turn in 0...100 {
      // The first time through makes what the runtime makes once.
      if turn == 1 { allocation_counter_start() }
      var span = buffer.mutableSpan
      span[0] = 4 << 3 | 3
      var packet = Protection(length: 48, limit: 200, peer: peer)
      current.decide { $1.add(SymmetricScheme.protectRequest(key: id, $0, now: { 5 }, &span, &packet)) }
      current.decide { $1.add(SymmetricScheme.unprotectRequest($0, now: { 5 }, &span, &packet)) }
      if packet.verdict == .ok { good += 1 }
      current.decide { $1.add(SymmetricScheme.protectReply($0, now: { 5 }, &span, &packet)) }
      current.decide { $1.add(SymmetricScheme.unprotectReply(key: id, $0, now: { 5 }, &span, &packet)) }
      if packet.verdict == .ok { good += 1 }
    }
    #expect(allocation_counter_stop() == 0)
    #expect(good == 202)
  }
}
