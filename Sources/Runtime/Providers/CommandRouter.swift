// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import TimeTypes

/// Brings commands to the provider that owns a source; they run on the capture role. Made before any thread. [any]
final class CommandRouter: Sendable {
  /// What [control] and [discipline] have to say to providers.
  enum Verb: Sendable {
    /// Poll every 2^value seconds.
    case pollInterval
    /// The clock was stepped by value ns.
    case timeJumped
    /// Measure now.
    case pollNow
    /// Say what there is to say.
    case query
    /// An operator's time; value = UTC less the raw counter.
    case setTime
    /// Look at the files of keys now. For providers of this process.
    case readKeys

    var code: Int32 {
      switch self {
      case .pollInterval: TOMPION_COMMAND_POLL_INTERVAL_CHANGED
      case .timeJumped: TOMPION_COMMAND_TIME_JUMPED
      case .pollNow: TOMPION_COMMAND_POLL_NOW
      case .query: TOMPION_COMMAND_QUERY
      case .setTime: TOMPION_COMMAND_SET_TIME
      case .readKeys: ProviderInstance.readKeysVerb
      }
    }
  }

  /// A provider, wherever it runs.
  enum Mailbox: Sendable {
    case instance(ProviderInstance)
    case process(ProviderProcess)

    fileprivate var number: UInt16 {
      switch self {
      case .instance(let instance): instance.outbox.number
      case .process(let process): process.outbox.number
      }
    }

    fileprivate func post(_ code: Int32, source: UInt32, value: Int64) -> Bool {
      switch self {
      case .instance(let instance): instance.post(code, source: source, value: value)
      // A child looks at its files every ten seconds; the host's own verbs do not go there.
      case .process(let process): code < 0 ? true : process.post(code, source: source, value: value)
      }
    }
  }

  private let mailboxes: [Mailbox]
  private let wake: @Sendable () -> Void

  init(mailboxes: [Mailbox], wakeCapture: @escaping @Sendable () -> Void) {
    self.mailboxes = mailboxes
    wake = wakeCapture
  }

  /// There is something for the providers of this process. [control]
  func wakeCapture() { wake() }

  /// Tells children where the clock is from now on; providers in this process share the daemon's own page.
  func publishPages() {
    for case .process(let process) in mailboxes { process.publishPages() }
  }

  /// To the provider of a source. False = it has no room, which its counters tell, or there is no provider of that number.
  @discardableResult
  func post(_ verb: Verb, to source: SourceID, value: Int64 = 0) -> Bool {
    var isTaken = false
    let number = UInt16(truncatingIfNeeded: source.rawValue >> SourceTable.counterBits)
    for mailbox in mailboxes where mailbox.number == number {
      isTaken = mailbox.post(verb.code, source: source.rawValue, value: value)
      wake()
    }
    return isTaken
  }

  /// An operator's time, to the provider whose source he is; `within` in µs, 0 = as configured. False as for `post`.
  func postTime(_ value: Int64, within: UInt32, to source: SourceID) -> Bool {
    var isTaken = false
    let number = UInt16(truncatingIfNeeded: source.rawValue >> SourceTable.counterBits)
    for mailbox in mailboxes where mailbox.number == number {
      isTaken = mailbox.post(Verb.setTime.code, source: within, value: value)
      wake()
    }
    return isTaken
  }

  /// To every provider. False = one or more had no room, which their counters tell.
  @discardableResult
  func postToAll(_ verb: Verb, value: Int64 = 0) -> Bool {
    var isTaken = true
    for mailbox in mailboxes where !mailbox.post(verb.code, source: 0, value: value) { isTaken = false }
    wake()
    return isTaken
  }
}
