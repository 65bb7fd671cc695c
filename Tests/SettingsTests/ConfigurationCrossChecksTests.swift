// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Cross-checks of the configuration")
struct ConfigurationCrossChecksTests {
  private func errors(_ text: String) -> [String] { ConfigurationTests.errors(text) }

  @Test("keys of virtual clocks need a virtual clock")
  func virtualOnly() {
    let text = "[clock]\ninitial_offset = 0.25\ninitial_frequency_ppm = 40.0\n"
    #expect(errors(text).count == 2)
    #expect(errors(text + "kind = \"virtual\"\n").isEmpty)
  }

  @Test("whoever misspells a provider hears which there are")
  func knownProviders() throws {
    let read = try Configuration(
      toml: "[provider.ntp-sever]\n[provider.local]\n[provider.own]\nmodule = \"x\"\n", file: "t")
    let advice = read.providers.map(\.knownProviders)
    #expect(advice[0].hasPrefix("did you mean \"ntp-server\"? ") && advice[0].contains("gnss, local, manual"))
    #expect(advice[1...] == ["", ""])
  }

  @Test("a provider goes by the key that names it: its table, or the first source where there is none")
  func keysOfProviders() throws {
    let text = "[[source]]\naddress = \"a\"\n[[source]]\nprovider = \"gnns\"\n[provider.local]\n"
    let read = try Configuration(toml: text + "[provider.pps]\n[[source]]\nprovider = \"pps\"\n", file: "t")
    let keys = Dictionary(uniqueKeysWithValues: read.providers.map { ($0.name, $0.key) })
    #expect(
      keys == [
        "ntp-client": "source[0].provider", "gnns": "source[1].provider", "local": "provider.local",
        "pps": "provider.pps",
      ])
  }

  @Test("places that the server listens on do not overlap: the line, the key and which two")
  func overlappingListens() {
    func listening(_ places: String) -> [String] { errors("[provider.ntp-server]\nlisten = [\n\(places)\n]\n") }
    let found = listening("\"0.0.0.0:123\",\n\"[::]:123\",\n\"192.0.2.1:123\"")
    #expect(found.count == 1 && found[0].split(separator: ":")[1] == "5", "\(found)")
    #expect(found.first?.contains("provider.ntp-server.listen[2]") == true)
    #expect(found.first?.contains("it overlaps provider.ntp-server.listen[0] = \"0.0.0.0:123\" in line 3") == true)
    #expect(listening("\"eth0\", \"10.0.0.1%eth0\"").count == 1)
    for right in [
      "\"0.0.0.0:123\", \"0.0.0.0:124\"", "\"10.0.0.1%red\", \"10.0.0.1%blue\"", "\"0.0.0.0\", \"::\"",
      "\"nonsense:\", \"0.0.0.0\"",
    ] {
      #expect(listening(right).isEmpty, "\(right)")
    }
    #expect(errors("[provider.ntp-server]\nenabled = false\nlisten = [\"::\", \"::1\"]\n").isEmpty)
  }

  @Test("the same source twice is an error that names the first; another port is another source")
  func duplicates() {
    let twice = "[[source]]\naddress = \"A.example\"\n[[source]]\naddress = \"a.example\"\n"
    #expect(errors(twice).first?.contains("the same source as source[0].address in line 2") == true)
    #expect(errors(twice + "port = 1123\n").isEmpty)
  }

  @Test("a minimum above its maximum")
  func crossed() {
    let errors = errors("[[source]]\naddress = \"a\"\nmin_poll = 8\nmax_poll = 4\n")
    #expect(errors.count == 1)
    #expect(errors.first?.contains("source[0].min_poll = 8: it is more than max_poll, 4 written in line 4") == true)
    #expect(self.errors("[[source]]\naddress = \"a\"\nmin_poll = 4\nmax_poll = 4\n").isEmpty)
  }

  @Test("sources of a disabled provider")
  func disabled() {
    let errors = errors("[provider.ntp-client]\nenabled = false\n[[source]]\naddress = \"a\"\n")
    #expect(errors.first?.contains("is not enabled") == true)
  }

  @Test("of samples for another daemon, where this one steers the clock")
  func warnsOfFeeds() throws {
    func warnings(_ clock: String, _ feed: String) throws -> [String] {
      let text = "[clock]\n\(clock)\n[[source]]\nprovider = \"gnss\"\nshm = 2\n\(feed)\n"
      return try Configuration(toml: text, file: "t.toml").warnings.map(\.description)
    }
    let both = try warnings("", "feed_sock = \"/run/chrony.sock\"\nfeed_shm = 4")
    #expect(both.count == 2 && both.allSatisfy { $0.contains("steer = false") }, "\(both)")
    #expect(try warnings("steer = false", "feed_shm = 4").isEmpty)
    #expect(try warnings("kind = \"virtual\"", "feed_shm = 4").isEmpty)
    #expect(try warnings("", "").isEmpty)
    let other =
      "[provider.roof]\nmodule = \"tompion-gnss\"\n[[source]]\nprovider = \"roof\"\nshm = 2\nfeed_shm = 4\n"
    #expect(
      try Configuration(toml: other, file: "t.toml").warnings.map(\.description).contains {
        $0.contains("steer = false")
      })
  }

  @Test("warnings do not refuse")
  func warnings() throws {
    let few = try Configuration(toml: "[clock]\nmin_sources = 3\n[[source]]\naddress = \"a\"\n", file: "t.toml")
    #expect(few.warnings.first?.description.contains("there are only 1 sources") == true)
    let pool = try Configuration(
      toml: "[clock]\nmin_sources = 3\n[[source]]\naddress = \"a\"\npool = true\n", file: "t.toml")
    #expect(pool.warnings.isEmpty)
    let gate = "[clock]\nmax_allowed_phase_offset = 10\nmax_neg_phase_correction = 5\n[[source]]\naddress = \"a\"\n"
    #expect(try Configuration(toml: gate, file: "t.toml").warnings.count == 1)
  }
}
