// SPDX-License-Identifier: Apache-2.0

/// Who may still connect, and who may still follow events: whoever holds connections for long must not keep out short commands, nor
/// anybody the operator. An owner is root, or the daemon's own user. [control]
package enum ControlAdmission {
  /// The last of the connections are for owners.
  package static func mayConnect(isOwner: Bool, connections: Int) -> Bool {
    connections < ControlProtocol.connectionLimit - (isOwner ? 0 : ControlProtocol.reserve)
  }

  /// Followers stay as long as they like, so that there are fewer of them than connections, whoever they are.
  package static func mayFollow(isOwner: Bool, followers: Int) -> Bool {
    followers < (isOwner ? ControlProtocol.ownerFollowerLimit : ControlProtocol.followerLimit)
  }
}
