// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
package import TimeTypes

/// The start in steps, so that settings are checked before anything runs: `open`, then `initialize`, then `start`. Each waits for
/// the child's answer at most `limit`; a child that crashes or hangs meanwhile ends in the phase `.waiting`, like any other.
extension ProviderProcess {
  /// A child that has not answered by then hangs.
  package static let openingLimit = TimeInterval.seconds(5)

  /// Starts the child and has it load the module and open the provider; afterwards `schema` and `descriptor` are known.
  /// - Throws: `.child` with the reason. [control, at start]
  package func open(limit: TimeInterval = ProviderProcess.openingLimit) throws(ProviderError) {
    guard phase == .idle else { return }
    begin(now: RawClock.now())
    try wait(limit, call: "open", until: .opened)
  }

  /// Gives the provider its settings and has it call init. What it refuses is in `refusals`; it is not started again then.
  /// - Throws: `.settingsRefused`, or `.child` with the reason. [control, at start]
  package func initialize(
    settings values: [ProviderSetting], limit: TimeInterval = ProviderProcess.openingLimit
  ) throws(ProviderError) {
    settings = values
    guard phase == .opened else { return }
    sendSettings()
    try wait(limit, call: "init", until: .inited)
  }

  /// Starts what `open` and `initialize` prepared; a child that failed meanwhile is started again in its time. [control]
  package func start() {
    guard phase == .inited else { return }
    phase = .starting
    noteStart()
    send(.start)
  }

  private func wait(_ limit: TimeInterval, call: String, until wanted: Phase) throws(ProviderError) {
    let end = RawClock.now() + limit
    let loop: PollLoop
    do { loop = try PollLoop(capacity: 1) } catch { throw ProviderError(module: module, .child(error.description)) }
    if let socketDescriptor { try? loop.add(socketDescriptor, token: 0) }
    while phase != wanted, child != nil {
      let now = RawClock.now()
      guard now < end else {
        child?.kill()
        ended("\(call) did not return within \(limit.nanoseconds / 1_000_000) ms, killed", now: now)
        break
      }
      pump(now: now)
      guard phase != wanted, child != nil else { break }
      do {
        try loop.wait(until: min(end, RawClock.now() + .milliseconds(20)))
        // A child that closed its end but is not gone yet is readable all the time.
        while loop.next() != nil { Pause.milliseconds(1) }
      } catch {
        throw ProviderError(module: module, .child(error.description))
      }
    }
    guard phase == wanted else {
      throw ProviderError(module: module, refusals.isEmpty ? .child(lastError) : .settingsRefused())
    }
  }
}
