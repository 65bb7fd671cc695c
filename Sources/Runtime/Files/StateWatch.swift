// SPDX-License-Identifier: Apache-2.0

import Report
import TimeTypes

/// Looks now and then whether the state directory can still be used, and says so once each way: somebody may remove it, or its disk
/// may become read-only, under a daemon that writes to it once an hour. [control]
struct StateWatch {
  private let directory: StateDirectory
  private let user: String?
  private var complaint: String?
  private var nextLook = RawInstant(nanoseconds: .min)

  static let interval = TimeInterval.seconds(10)

  /// `user`: whom the daemon runs as, by name if that is known.
  init(_ directory: StateDirectory, user: String?) {
    self.directory = directory
    self.user = user
  }

  /// What an operator should know in each status.
  var warnings: [String] { complaint.map { [$0] } ?? [] }

  mutating func check(now: RawInstant, raise: (EventRecord) -> Void) {
    guard now >= nextLook else { return }
    nextLook = now + Self.interval
    let found = directory.complaint(user: user)
    if let found, complaint == nil { raise(EventRecord(.stateDirectory, text: found)) }
    if found == nil, complaint != nil {
      raise(EventRecord(.stateKept, text: "the state directory \(directory.path) can be used again"))
    }
    complaint = found
  }
}
