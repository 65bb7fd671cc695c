// SPDX-License-Identifier: Apache-2.0

package import LinuxKernel
package import Settings

extension RoleThreadOptions {
  /// The thread of a role, as `[realtime.ROLE]` has it. What is time-critical has its stack there from the start.
  package init(name: String, _ role: RoleConfiguration) {
    self.init(name: name, fifoPriority: role.priority == 0 ? nil : Int(role.priority), cpus: role.cpus)
    timerSlack = role.timerSlack == 0 ? nil : role.timerSlack
    prefaultBytes = role.priority == 0 ? 0 : Self.usedStack
  }

  /// More than a role's deepest call was seen to use (Tests/Peers/realtime.py looks).
  package static let usedStack = 176 * 1024
}
