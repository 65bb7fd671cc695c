// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import GNSS

/// What was learned of a receiver's delay, over a restart.
@Suite struct RememberedDelayTests {
  @Test func asBytes() throws {
    let value = RememberedDelay(delay: .milliseconds(-123), uncertainty: 456_789)
    #expect(value.bytes.count == 16 && RememberedDelay(value.bytes) == value)
    #expect(value.bytes.prefix(8).elementsEqual((0..<8).map { UInt8(truncatingIfNeeded: -123_000_000 >> (8 * $0)) }))
  }

  @Test func whatComesBackMayBeAnything() {
    let value = RememberedDelay(delay: .milliseconds(120), uncertainty: 1000)
    #expect(RememberedDelay([]) == nil && RememberedDelay(value.bytes + [0]) == nil)
    #expect(RememberedDelay(RememberedDelay(delay: .seconds(2), uncertainty: 0).bytes) == nil, "no receiver is so late")
    #expect(RememberedDelay(RememberedDelay(delay: .seconds(-2), uncertainty: 0).bytes) == nil)
    #expect(RememberedDelay(RememberedDelay(delay: .zero, uncertainty: 1_000_000_001).bytes) == nil)
    #expect(RememberedDelay([UInt8](repeating: 0xff, count: 16)) == nil)
  }

  /// Another place, speed or choice of sentences is another receiver; names are what a store takes.
  @Test func names() {
    var settings = ReceiverSettings()
    settings.place = .line("/dev/ttyS0", speed: 9600, .both)
    let first = RememberedDelay.name(of: settings)
    #expect(first == RememberedDelay.name(of: settings) && first.utf8.count <= 64)
    #expect(first.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 46 })
    settings.options.delay = .milliseconds(5)
    #expect(first == RememberedDelay.name(of: settings))
    settings.options.sentences = [.zda]
    #expect(first != RememberedDelay.name(of: settings))
    settings.options.sentences = .all
    settings.place = .line("/dev/ttyS0", speed: 4800, .both)
    #expect(first != RememberedDelay.name(of: settings))
    settings.place = .line("/dev/ttyS0", speed: 9600, .ubx)
    #expect(first != RememberedDelay.name(of: settings))
  }

  /// What it hashes are words of ours, which stay as they are from one compiler to the next.
  @Test func namesStay() {
    func name(_ text: String) -> String {
      let hash = text.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
      return "delay." + String(hash, radix: 16)
    }
    var settings = ReceiverSettings()
    let all = SentenceSet.all.rawValue
    settings.place = .line("/dev/ttyS0", speed: 9600, .both)
    #expect(RememberedDelay.name(of: settings) == name("/dev/ttyS0 9600 both \(all)"))
    settings.place = .gpsd(host: "::1", port: 2947, device: "/dev/ttyS0")
    #expect(RememberedDelay.name(of: settings) == name("gpsd [::1]:2947 /dev/ttyS0 \(all)"))
  }

  @Test func aLifeBeginsWithWhatTheLastOneLearned() throws {
    var learner = DelayLearner()
    #expect(learner.toRemember == nil)
    learner.begin(with: RememberedDelay(delay: .milliseconds(120), uncertainty: 2_000_000))
    #expect(learner.delay == .milliseconds(120) && learner.uncertainty == 2_000_000)
    #expect(learner.toRemember == nil, "nothing was measured in this life")
    for _ in 0..<(DelayLearner.least - 1) {
      let isNews = learner.take(.milliseconds(130), bound: 1000)
      #expect(!isNews)
    }
    #expect(learner.delay == .milliseconds(120))
    let isNews = learner.take(.milliseconds(130), bound: 1000)
    #expect(isNews, "known by itself now")
    #expect(learner.toRemember == RememberedDelay(delay: .milliseconds(130), uncertainty: 1000))
    learner.begin(with: RememberedDelay(delay: .zero, uncertainty: 0))
    #expect(learner.delay == .milliseconds(130), "what was measured stands")
  }
}
