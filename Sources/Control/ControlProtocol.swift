// SPDX-License-Identifier: Apache-2.0

/// The numbers of the control protocol (Docs/control.md).
package enum ControlProtocol {
  /// Rises only when an old client could misread a reply; new keys and commands do not raise it.
  package static let version: Int64 = 1
  /// The longest request, in bytes, with its line break.
  package static let requestLimit = 4096
  /// The longest reply.
  package static let replyLimit = 1 << 20
  /// The most a client may leave unread before it is dropped: one reply, and room for events beside it.
  package static let backlogLimit = replyLimit + (256 << 10)
  /// Connections at the same time.
  package static let connectionLimit = 16
  /// So many of them are kept for root and the daemon's user.
  package static let reserve = 3
  /// Followers of events at the same time; root and the daemon's user may be a few more. What is left is for short commands.
  package static let followerLimit = 8
  package static let ownerFollowerLimit = 10
  /// A connection without a complete request for this long is closed, s; followers of events are exempt.
  package static let idleLimit: Int64 = 30
}
