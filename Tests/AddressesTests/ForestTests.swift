// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Addresses

@Suite struct ForestTests {
  private let forest = Forest(
    domain: "Branch.Ad.Example.net.", forest: "ad.example.net", trusted: ["partner.test", "192.0.2.7"])

  @Test(arguments: [
    "dc1.branch.ad.example.net", "DC2.AD.EXAMPLE.NET.", "ad.example.net", "x.y.partner.test", "192.0.2.7",
  ])
  func whatIsInsideMayBeAsked(_ server: String) { #expect(forest.objection(to: server) == nil) }

  @Test(arguments: ["time.windows.com", "example.net", "evilad.example.net", "partner.test.evil.example", "", "x"])
  func whatIsOutsideSaysWhy(_ server: String) throws {
    let text = try #require(forest.objection(to: server))
    #expect(text.contains("is outside of branch.ad.example.net, ad.example.net, partner.test, 192.0.2.7"))
    #expect(text.contains("auth = \"nts\""))
  }

  @Test(arguments: ["192.0.2.8", "2001:db8::1", "fe80::1%eth0"])
  func addressesTellNothing(_ server: String) throws {
    #expect(try #require(forest.objection(to: server)).contains("is an address, which tells nothing of a domain"))
  }

  @Test func theDomainHasToBeSaid() throws {
    let nowhere = Forest(domain: "", forest: "", trusted: [])
    #expect(try #require(nowhere.objection(to: "dc1.lab.test")).contains("set domain = "))
  }
}
