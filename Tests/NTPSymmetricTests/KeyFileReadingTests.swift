// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
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
    #expect(host.mock.logs.contains { "\($0)".contains("1 key of 1 file in use") }, "\(host.mock.logs)")
    let expected = Scheme(ring: Keys.ring([Keys.symmetric(.aes128CMAC, id: 5)])).request(header(), key: 5).bytes
    #expect(signed.bytes == expected)
    #expect(host.unprotect(0x101, signed.bytes, peer: SocketAddress(ipv4: 0x7f00_0001)).verdict == .ok)
  }

  /// A directory, a file of 60 MB: in words that fit a file.
  @Test(
    arguments: [
      (TOMPION_ERROR, "no file with text"), (TOMPION_NO_MEMORY, "longer than a key file may be"),
      (TOMPION_PERMISSION, "not permitted"), (TOMPION_NOT_FOUND, "not found"),
    ] as [(Int32, String)]) func whatCannotBeReadIsToldInWords(status: Int32, words: String)
  {
    let host = KeyHost(files: ["/keys": ""])
    host.failing["/keys"] = status
    _ = host.started()
    let told = host.mock.logs.map { "\($0)" }.filter { $0.contains("/keys cannot be read") }
    #expect(told.count == 1 && told[0].contains(words) && !told[0].contains("error -"), "\(told)")
  }
}
