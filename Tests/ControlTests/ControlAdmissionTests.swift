// SPDX-License-Identifier: Apache-2.0

import Control
import Testing

@Suite("Who gets a connection")
struct ControlAdmissionTests {
  /// Everybody asks for a place until nobody gets one: the most that others can take leaves the owner some, and short commands some.
  @Test("whatever others take, root connects; whatever followers take, a command is answered")
  func reserves() {
    let all = ControlProtocol.connectionLimit
    let others = (0...all).first { !ControlAdmission.mayConnect(isOwner: false, connections: $0) }
    let owners = (0...all).first { !ControlAdmission.mayConnect(isOwner: true, connections: $0) }
    #expect(owners == all && others == all - ControlProtocol.reserve)
    let followers = (0...all).first { !ControlAdmission.mayFollow(isOwner: false, followers: $0) } ?? all
    let ownFollowers = (0...all).first { !ControlAdmission.mayFollow(isOwner: true, followers: $0) } ?? all
    #expect(followers < ownFollowers, "root may follow where the others' places are taken")
    #expect(
      ControlAdmission.mayConnect(isOwner: false, connections: ownFollowers),
      "beside all followers a command of anybody's")
  }
}
