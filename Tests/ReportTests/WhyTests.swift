// SPDX-License-Identifier: Apache-2.0

import Report
import Testing
import TimeTypes

@Suite("why")
struct WhyTests {
  private func source(_ name: String, _ state: SourceState, error: String = "", offset: TimeInterval? = nil)
    -> SourceReport
  {
    var source = SourceReport(id: SourceID(rawValue: 1), name: name)
    source.state = state
    source.lastError = error
    source.offset = offset
    return source
  }

  private func why(_ sources: [SourceReport], _ change: (inout StatusSnapshot) -> Void = { _ in }) -> String {
    var snapshot = StatusSnapshot()
    snapshot.steering = .steering
    snapshot.providers = [ProviderReport(name: "ntp-client")]
    snapshot.providers[0].state = .running
    snapshot.sources = sources
    change(&snapshot)
    return snapshot.why
  }

  @Test("synchronized, and how well")
  func synchronized() {
    let text = why([]) {
      $0.synchronization = .synchronized
      $0.systemSource = "a"
      $0.boundHard = .milliseconds(2)
    }
    #expect(text == "The clock is synchronized to a, at most 2.000 ms off.")
  }

  @Test("a followed clock leaves no room for sources: none is advised, and the clock's own reason is told")
  func followed() {
    func told(_ change: @escaping (inout ClockReport) -> Void) -> String {
      why([]) {
        var own = ClockReport()
        own.follows = "card"
        var card = ClockReport()
        (card.name, card.kind) = ("card", .hardware)
        change(&card)
        $0.clocks = [own, card]
      }
    }
    let failed = told { ($0.state, $0.reason) = (.failed, "/dev/ptp0: no such device") }
    #expect(
      failed == "The clock is not synchronized: it follows the clock card, which is failed: /dev/ptp0: no such device.")
    #expect(
      told { $0.state = .starting } == "The clock is not synchronized: it follows the clock card, which is starting.")
    #expect(told { $0.name = "other" }.contains("not been read"))
    for text in [failed, told { _ in }] { #expect(!text.contains("[[source]]")) }
  }

  @Test("synchronized still, and its last source is lost: that is said, too")
  func alone() {
    func told(_ state: SourceState) -> String {
      why([source("a", state, error: "nothing is sent: no key 7: its time is over")]) {
        $0.synchronization = .synchronized
        $0.systemSource = "a"
      }
    }
    #expect(told(.selected) == "The clock is synchronized to a.")
    #expect(
      told(.unreachable)
        == "The clock is synchronized to a; no source is followed now (a: nothing is sent: no key 7: its time is over)."
    )
  }

  @Test("nothing was ever followed: the start is over, and each source has its reason")
  func neverFollowed() {
    func told(after uptime: TimeInterval, _ sources: [SourceReport]) -> String {
      why(sources) {
        $0.steering = .starting
        $0.time = 1_800_000_000_000_000_000
        $0.uptime = uptime
      }
    }
    var first = source("a", .waiting)
    first.reason = "fewer sources agree than min_sources"
    let second = source("b", .unreachable, error: "nothing is sent: no key 7")
    let fresh = told(after: .seconds(20), [first, second])
    #expect(fresh == "The clock is not synchronized: the daemon is starting.")
    let late = told(after: .seconds(7200), [first, second])
    #expect(!late.contains("starting"))
    #expect(late.contains("no source has been followed since the start at 2027-01-15T06:00:00.000000Z"), "\(late)")
    #expect(late.contains("(a: fewer sources agree than min_sources; b: nothing is sent: no key 7)"), "\(late)")
    let many = (0..<6).map { source("s\($0)", $0 == 0 ? .falseticker : .waiting) }
    #expect(
      told(after: .seconds(7200), many).contains("s0: falseticker; s1: waiting; s2: waiting; s3: waiting; and 2 more"))
  }

  @Test("that nothing is ever sent is told at once, and is no start; what only begins is no obstacle")
  func nothingSent() {
    func told(_ sources: [SourceReport]) -> (why: String, obstacle: String?) {
      var snapshot = StatusSnapshot()
      snapshot.steering = .starting
      snapshot.uptime = .seconds(3)
      snapshot.providers = [ProviderReport(name: "ntp-client")]
      snapshot.sources = sources
      return (snapshot.why, snapshot.obstacle)
    }
    let text = "nothing is sent: no key 7: its type is not allowed"
    // Without an address, too, it is not the name.
    for state in [SourceState.waiting, .unreachable, .unresolved] {
      let one = told([source("a", state, error: text)])
      #expect(
        one.why
          == "The clock is not synchronized: nothing is sent to the source a: no key 7: its type is not allowed.")
      #expect(one.obstacle?.contains("no key 7") == true)
    }
    let both = told([source("a", .waiting, error: text), source("b", .waiting, error: text)])
    #expect(both.why.contains("any of the 2 sources (a, b); each: no key 7"), "\(both.why)")
    let other = told([source("a", .waiting, error: text), source("b", .waiting)])
    #expect(other.why.contains("the daemon is starting") && other.obstacle == nil)
    let yet = told([source("a", .waiting, error: "nothing is sent yet: waiting for the keys of key 7")])
    #expect(yet.obstacle == nil)
  }

  @Test("what waits is an obstacle after a minute")
  func waitsTooLong() {
    for (seconds, isObstacle) in [(59, false), (60, true)] as [(Int64, Bool)] {
      for steering in [SteeringState.starting, .observing] {
        var snapshot = StatusSnapshot()
        (snapshot.steering, snapshot.uptime) = (steering, .seconds(seconds))
        snapshot.sources = [source("a", .waiting)]
        #expect((snapshot.obstacle != nil) == isObstacle)
      }
    }
  }

  @Test("no provider, no source, a provider that failed")
  func nothing() {
    #expect(
      why([]) { $0.providers = [] }
        == "The clock is not synchronized: no source is configured; add a [[source]] to the configuration.")
    #expect(why([]).contains("no provider has a source"))
    let failed = why([]) {
      $0.providers[0].state = .failed
      $0.providers[0].lastError = "no such file"
    }
    #expect(failed == "The clock is not synchronized: no provider runs; ntp-client: no such file.")
  }

  @Test("nobody answers: the most telling error is told")
  func unreachable() {
    #expect(why([source("a", .unreachable)]) == "The clock is not synchronized: the source a does not answer.")
    let text = why([
      source("a", .unreachable, error: "timed out"), source("b", .unreachable, error: "no route to host"),
      source("c", .unreachable, error: "no route to host"),
    ])
    #expect(text == "The clock is not synchronized: none of the 3 sources answers; b: no route to host.")
    #expect(why([source("a", .unresolved, error: "no such name")]).contains("no address; no such name"))
  }

  @Test("a suspect local clock comes before everything, and says what to do")
  func suspect() {
    let text = why([source("a", .tooBig)]) {
      $0.sanity = .suspect
      $0.sanityAgreeing = 3
      $0.sanityOf = 3
      $0.sanityOffset = .seconds(259_200)
      $0.sanityLimit = .seconds(172_800)
    }
    #expect(
      text.contains("local clock suspect: 3 of 3 sources agree on +3 d 0 h, which is beyond the limit of 2 d 0 h"))
    #expect(text.contains("tompion resync --force"))
  }

  @Test("steering refused, with its reason; sources first when they fail, too")
  func refused() {
    let good = [source("a", .selected)]
    let change = { (snapshot: inout StatusSnapshot) in
      snapshot.steering = .refused
      snapshot.steeringReason = "chronyd (pid 812) steers the clock"
    }
    #expect(
      why(good, change) == "The clock is not synchronized: steering is refused: chronyd (pid 812) steers the clock.")
    let both = why([source("a", .unreachable)], change)
    #expect(both.contains("does not answer; besides, steering is refused: chronyd"))
  }

  @Test("sources that disagree are told with their opinions")
  func falsetickers() {
    let text = why([source("a", .falseticker, offset: .seconds(1)), source("b", .falseticker, offset: .seconds(-2))])
    #expect(text.contains("the 2 sources disagree and no majority can be found (a +1.000 s, b -2.000 s)"))
  }

  @Test("each other cause has its words")
  func others() {
    #expect(
      why([source("a", .unsynchronized), source("b", .unreachable)]).contains(
        "the source a is not synchronized itself; 1 more does not answer"))
    #expect(why([source("a", .distant)]).contains("too far from a primary reference"))
    #expect(why([source("a", .noselect)]).contains("marked noselect"))
    #expect(why([source("a", .tooBig, offset: .seconds(900_000))]).contains("beyond the sanity limit"))
    #expect(why([source("a", .waiting)]).contains("waiting for the first samples: 1 of 1"))
    #expect(why([source("a", .selected)]) { $0.minimumSources = 3 }.contains("only 1 of the 3 sources"))
    #expect(why([source("a", .selected)]) { $0.steering = .observing }.contains("observe mode"))
    var entered = source("manual", .selected, offset: .zero)
    entered.provider = "manual"
    #expect(why([entered]) { $0.offset = .zero }.contains("a time that an operator entered"))
    #expect(!why([entered, source("a", .combined)]) { $0.offset = .zero }.contains("operator"))
    #expect(why([source("a", .selected)]) { $0.steering = .moved }.contains("somebody else moved the clock"))
    #expect(
      why([source("a", .selected)]) { $0.offset = .milliseconds(250) }.contains("being corrected, +250.000 ms to go"))
    #expect(why([source("a", .selected)]) { $0.steering = .starting }.contains("is starting"))
    #expect(
      why([source("a", .unreachable)]) {
        $0.synchronization = .holdover
        $0.lastUpdateAge = .seconds(600)
      }.hasPrefix("The clock is in holdover: no valid sample for 10 min 0 s"))
  }

  @Test("names without an address are named, alone and among other silent sources")
  func namesWithoutAddress() {
    #expect(why([source("a.example", .unresolved)]).contains("the name of the source a.example has no address"))
    #expect(why([source("a", .unresolved), source("b", .unresolved)]).contains("have no address (a, b)"))
    #expect(
      why([source("a", .unresolved), source("b", .unreachable)]).contains(
        "none of the 2 sources answers (no address for a)"))
    #expect(
      why([source("a", .unsynchronized), source("b", .unresolved)]).contains(
        "1 more does not answer (no address for b)"))
  }

  @Test("a provider that hangs is the first cause")
  func hanging() {
    let text = why([source("a", .unreachable)]) {
      $0.providers = [ProviderReport(name: "stuck")]
      $0.providers[0].state = .hanging
      $0.providers[0].lastError = "it has not returned"
    }
    #expect(text.contains("the provider stuck hangs: it has not returned"))
  }

  @Test("any snapshot gives exactly one sentence")
  func total() {
    for state in SourceState.allCases {
      for second in SourceState.allCases {
        for steering in SteeringState.allCases {
          for synchronization in SynchronizationState.allCases {
            let text = why([source("a", state), source("b", second)]) {
              $0.steering = steering
              $0.synchronization = synchronization
            }
            #expect(text.hasPrefix("The clock is ") && text.hasSuffix(".") && !text.contains("\n"))
          }
        }
      }
    }
  }

  @Test("sources that prove nothing where that is asked for")
  func unauthenticated() {
    let one = why([source("a", .unauthenticated)]) { $0.authSelect = "require" }
    #expect(
      one
        == "The clock is not synchronized: the source a is not authenticated, and auth_select = require asks for that.")
    let both = why([source("a", .unauthenticated), source("b", .unreachable, error: "nothing is sent: no key 7")]) {
      $0.authSelect = "prefer"
    }
    #expect(
      both.contains("auth_select = prefer") && both.hasSuffix("1 more does not answer; nothing is sent: no key 7."))
  }
}
