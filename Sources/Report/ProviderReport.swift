// SPDX-License-Identifier: Apache-2.0

/// What `tompion providers` says of one provider.
package struct ProviderReport: Sendable, Equatable {
  package enum State: String, Sendable, CaseIterable {
    case disabled, loading, running, hanging, stopped, restarting, failed
  }

  package enum Placement: String, Sendable, CaseIterable {
    case inProcess = "in-process"
    case process
  }

  /// As in the configuration: "ntp-client".
  package var name: String
  package var version = ""
  package var vendor = ""
  package var description = ""
  /// The file that was loaded; "" = linked into the daemon.
  package var module = ""
  package var placement = Placement.inProcess
  /// The process that runs it; 0 = the daemon itself.
  package var processID: Int32 = 0
  package var state = State.loading
  package var sources: UInt64 = 0
  package var samples: UInt64 = 0
  /// Samples lost because the ring was full.
  package var ringFull: UInt64 = 0
  /// Samples that were not valid.
  package var invalidSamples: UInt64 = 0
  /// Broken rules of the ABI (late command, wrong role, wrong state, bad size).
  package var misbehaved: UInt64 = 0
  /// Log lines and events of the provider that found their queue full.
  package var droppedMessages: UInt64 = 0
  /// Commands to the provider that found its queue full.
  package var droppedCommands: UInt64 = 0
  package var restarts: UInt64 = 0
  /// One line; empty = none.
  package var lastError = ""
  /// Counters of the provider's own, by name ("refused_clients"), in its order.
  package var counters: [NamedCounter] = []

  package init(name: String) { self.name = name }
}

/// A number with a name, for reports.
package struct NamedCounter: Sendable, Equatable {
  package var name: String
  package var value: UInt64

  package init(_ name: String, _ value: UInt64) {
    self.name = name
    self.value = value
  }
}
