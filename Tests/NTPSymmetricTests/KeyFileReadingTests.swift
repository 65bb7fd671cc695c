// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import ProviderKit
import Testing

@testable import NTPSymmetric

/// The formats of others through the provider; what a file may say is KeyFiles' own tests'.
@Suite struct KeyFileReadingTests {
  private static let hexadecimal = SecretText.hexadecimal(Keys.secret(.aes128CMAC))

  @Test(arguments: [
    ("auto", "# ours\n5 AES128 HEX:\(hexadecimal)\n"), ("chrony", "5 AES128 HEX:\(hexadecimal)\n"),
    ("auto", "5 AES \(hexadecimal)\n"), ("ntp", "5 AES128CMAC \(hexadecimal) 192.0.2.1,127.0.0.1\n"),
    ("tompion", "# tompion keys 1\n5 aes128-cmac hex:\(hexadecimal) expires=2087-06-30\n"),
  ]) func oneKeyInEveryFormat(format: String, text: String) {
    let host = KeyHost(files: ["/keys": text])
    host.set("format", format)
    _ = host.started()
    host.associate(0x101)
    host.associate(0x102, key: "5")
    let signed = host.protect(0x102, header())
    #expect(signed.verdict == .ok, "\(host.mock.logs)")
    let expected = Scheme(ring: Keys.ring([Keys.symmetric(.aes128CMAC, id: 5)])).request(header(), key: 5).bytes
    #expect(signed.bytes == expected)
    #expect(host.unprotect(0x101, signed.bytes, peer: SocketAddress(ipv4: 0x7f00_0001)).verdict == .ok)
  }
}
