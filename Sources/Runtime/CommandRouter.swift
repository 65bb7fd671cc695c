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

    var code: Int32 {
      switch self {
      case .pollInterval: TOMPION_COMMAND_POLL_INTERVAL_CHANGED
      case .timeJumped: TOMPION_COMMAND_TIME_JUMPED
      case .pollNow: TOMPION_COMMAND_POLL_NOW
      }
    }
  }

  private let instances: [ProviderInstance]
  private let wake: @Sendable () -> Void

  init(instances: [ProviderInstance], wakeCapture: @escaping @Sendable () -> Void) {
    self.instances = instances
    wake = wakeCapture
  }

  /// To the provider of a source; without one of that number, to nobody.
  func post(_ verb: Verb, to source: SourceID, value: Int64 = 0) {
    let number = UInt16(truncatingIfNeeded: source.rawValue >> SourceTable.counterBits)
    for instance in instances where instance.outbox.number == number {
      instance.post(verb.code, source: source.rawValue, value: value)
      wake()
    }
  }

  /// To every provider.
  func postToAll(_ verb: Verb, value: Int64) {
    for instance in instances { instance.post(verb.code, value: value) }
    wake()
  }
}
