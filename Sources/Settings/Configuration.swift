// SPDX-License-Identifier: Apache-2.0

/// A whole configuration, validated: `Configuration(toml:file:)` is the only way from text to one, `Configuration()` holds the
/// defaults. Every key, its unit, range and default: Docs/configuration.md.
package struct Configuration: Sendable, Equatable {
  package enum Loop: String, Sendable, CaseIterable {
    /// One thread per role.
    case threads
    /// All roles in turn on one thread.
    case single
  }

  package enum Profile: String, Sendable, CaseIterable {
    case full
    /// Single loop, no control socket, numeric addresses: the small surface of system calls.
    case minimal
  }

  /// What the capture role waits and receives with.
  package enum IO: String, Sendable, CaseIterable {
    /// io_uring where it is allowed and measures no worse at the start.
    case auto
    case uring
    case poll
  }

  package enum LogLevel: String, Sendable, CaseIterable {
    case error, warning, notice, debug
  }

  /// The file's name as given, for messages; "" = there is none.
  package var file = ""
  package var stateDirectory = "/var/lib/tompion"
  package var loop = Loop.threads
  package var profile = Profile.full
  package var io = IO.auto
  /// Spin so long before each sleep of the capture role, µs; 0 = sleep at once, nil = spin while waits are shorter than a sleep costs.
  package var busyPoll: UInt32?
  /// A kernel thread takes the io_uring's submissions (SQPOLL).
  package var sqpoll = false
  /// The user to become after a privileged start; nil ("none") = stay.
  package var user: String? = "tompion"
  /// Where modules are; nil = beside the executable, ../lib/tompion.
  package var pluginDirectory: String?
  /// Keep all memory resident (mlockall), so that no page fault delays the clock.
  package var lockMemory = true
  /// How the threads of each role run.
  package var realTime = RealTimeConfiguration()
  package var clock = ClockConfiguration()
  /// PTP hardware clocks and auxiliary clocks, in the file's order.
  package var hardwareClocks: [HardwareClockConfiguration] = []
  /// The control socket's path; nil ("none", or the minimal profile) = no socket.
  package var controlSocket: String? = "/run/tompion/control.sock"
  package var logLevel = LogLevel.notice
  /// Where every event that the engine takes is recorded; nil ("none") = nowhere.
  package var recordFile: String?
  /// The most bytes of that file. 64 MiB: a day with four sources takes about 10.
  package var recordLimit: Int64 = 64 << 20
  /// In the order in which the file names them; those that only sources name come last.
  package var providers: [ProviderConfiguration] = []
  /// Whose packets are stamped by their card, and how.
  package var interfaces: [InterfaceConfiguration] = []
  /// Where each of the host's own keys was written ("clock.kind"); a key that is absent here has its default.
  package var provenance: [String: Provenance] = [:]
  /// Not errors, but an operator should know.
  package var warnings: [Diagnostic] = []

  package init() {}
}
