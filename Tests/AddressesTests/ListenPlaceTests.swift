// SPDX-License-Identifier: Apache-2.0

import Addresses
import Testing

@Suite("Places to listen at")
struct ListenPlaceTests {
  static func place(_ text: String) throws -> ListenPlace {
    try #require(ListenPlace(text, defaultPort: 123), "\(text)")
  }

  @Test(
    "as they are written, and in one form",
    arguments: [
      ("127.0.0.1:11123", "127.0.0.1:11123"), ("[::1]:11123", "[::1]:11123"), ("192.0.2.1", "192.0.2.1:123"),
      ("2001:DB8:0:0:0::7", "[2001:db8::7]:123"), ("eth0", "eth0:123"), ("eth0.7:1123", "eth0.7:1123"),
      ("192.0.2.1:1123%eth0", "192.0.2.1:1123%eth0"), ("[fe80::1]%vrf-blue", "[fe80::1]:123%vrf-blue"),
    ])
  func right(text: String, form: String) throws {
    let place = try Self.place(text)
    #expect(place.description == form)
    #expect(try Self.place(form) == place)
  }

  @Test(
    "nonsense",
    arguments: [
      "", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:", "127.0.0.1:0123", "[::1", "[::1]x", "[::1]:", "256.0.0.1",
      "1.2.3",
      "01.2.3.4:123", "::1::", ":::", "[127.0.0.1]:1", "a/b", "eth0:x", "eth0:00123", "eth0:", "1.2.3.4%", "%eth0",
      "1.2.3.4%a/b",
      "eth0%eth1", "1.2.3.4:9%e%f", "+1.2.3.4", "averyverylongname", "[]:123", "1.2.3.4:123:123",
    ])
  func wrong(text: String) { #expect(ListenPlace(text, defaultPort: 123) == nil) }

  @Test(
    "which two the kernel does not give us both",
    arguments: [
      ("0.0.0.0:123", "192.0.2.1:123", true), ("0.0.0.0:123", "192.0.2.1:124", false), ("0.0.0.0", "::", false),
      ("::", "[2001:db8::1]:123", true), ("192.0.2.1", "192.0.2.1:123", true), ("192.0.2.1", "192.0.2.2", false),
      ("10.0.0.1%blue", "10.0.0.1%red", false), ("10.0.0.1%blue", "10.0.0.1", true), ("10.0.0.1%blue", "blue", true),
      ("eth0", "0.0.0.0", true), ("eth0", "eth1", false), ("eth0", "eth0:1123", false), ("eth0", "::1", true),
    ])
  func overlaps(one: String, other: String, expected: Bool) throws {
    let (one, other) = (try Self.place(one), try Self.place(other))
    #expect(one.overlaps(other) == expected && other.overlaps(one) == expected)
    #expect(one.overlaps(one))
    #expect(ListenPlace.everywhere.overlaps(one) == (one.port == 123))
  }
}
