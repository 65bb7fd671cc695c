// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MSSNTP

@Suite struct ClientAssociationTests {
  private func association(
    _ form: FormChoice.Setting = .extended, password: String = "new", previous: String? = "old"
  ) -> ClientAssociation {
    ClientAssociation(keys: makeKeys(password, previous: previous), form: form)
  }

  private func ask(_ association: inout ClientAssociation) -> [UInt8] {
    var message = requestHeader + Array(repeating: 0xaa, count: ClientAssociation.growth)
    var span = message.mutableSpan
    guard case .ok(let length, let key) = association.protect(&span, length: 48, limit: 120) else { return [] }
    #expect(key == 1103)
    return Array(message.prefix(length))
  }

  private func take(_ association: inout ClientAssociation, _ message: [UInt8]) -> ClientAssociation.Verdict {
    association.unprotect(message.span, length: message.count)
  }

  private let good = ClientAssociation.Verdict.ok(length: 48, key: 1103)

  @Test(arguments: [FormChoice.Setting.authenticator, .extended])
  func aSignedReplyIsTaken(_ form: FormChoice.Setting) throws {
    var association = association(form)
    let message = ask(&association)
    guard case .signed(let selection) = asked(message) else {
      Issue.record("no request: \(message)")
      return
    }
    #expect(selection == KeySelection(rid: 1103, form: form == .authenticator ? .authenticator : .extended))
    let server = try #require(makeKeys("new"))
    #expect(take(&association, reply(selection, server)) == good)
    let before = try #require(makeKeys("old"))
    #expect(take(&association, reply(selection, before)) == good, "the password before")
  }

  /// Windows 2003 answers with key id 0, and it is not signed for anyway.
  @Test func theReplysKeyNumberDoesNotMatter() throws {
    var association = association(.authenticator)
    _ = ask(&association)
    var message = reply(KeySelection(rid: 1103, form: .authenticator), try #require(makeKeys("new")))
    message.replaceSubrange(48..<52, with: [0, 0, 0, 0])
    #expect(take(&association, message) == good)
  }

  @Test func aWrongSignatureTurnsTheSelector() throws {
    var association = association(.authenticator)
    let strange = try #require(makeKeys("strange"))
    var selectors: [Bool] = []
    for _ in 0..<4 {
      guard case .signed(let selection) = asked(ask(&association)) else { continue }
      selectors.append(selection.usesPrevious)
      #expect(take(&association, reply(selection, strange)) == .refused(.wrongSignature))
    }
    #expect(selectors == [false, true, false, true])
    let selection = try #require(keySelection(asked(ask(&association))))
    #expect(take(&association, reply(selection, try #require(makeKeys("new")))) == good)
    let next = try #require(keySelection(asked(ask(&association))))
    #expect(next.usesPrevious == selection.usesPrevious, "what proved itself is kept")
  }

  /// Every length, plain packets and crypto-NAKs among them; the other form; and a checksum of zeros.
  @Test(arguments: [FormChoice.Setting.authenticator, .extended])
  func aMissingSignatureIsRefused(_ form: FormChoice.Setting) throws {
    var association = association(form)
    let request = ask(&association)
    let whole =
      reply(
        KeySelection(rid: 1103, form: .extended), try #require(makeKeys("new"))) + Array(repeating: 0, count: 80)
    for length in 0...200 where length != request.count {
      #expect(take(&association, Array(whole.prefix(length))) == .refused(.missingSignature), "\(length)")
    }
    #expect(take(&association, request) == .refused(.missingSignature), "its own request, mirrored")
    let beyond = association.unprotect(whole.span, length: 500)
    #expect(beyond == .refused(.missingSignature))
  }

  @Test func nothingIsTakenBeforeARequest() throws {
    var association = association(.authenticator)
    let message = reply(KeySelection(rid: 1103, form: .authenticator), try #require(makeKeys("new")))
    #expect(take(&association, message) == .refused(.missingSignature))
  }

  @Test func withoutAKeyNothingIsSentOrTaken() {
    var association = ClientAssociation(keys: nil, form: .automatic)
    var message = [UInt8](repeating: 0, count: 120)
    var span = message.mutableSpan
    let verdict = association.protect(&span, length: 48, limit: 120)
    #expect(verdict == .refused(.noKey))
    #expect(take(&association, message) == .refused(.noKey))
    message = []
  }

  @Test func aRequestIsAHeaderWithRoomBehind() {
    for (length, limit, capacity) in [(48, 119, 120), (48, 120, 119), (52, 200, 200), (0, 200, 200), (47, 200, 200)] {
      var association = association(.extended)
      var message = [UInt8](repeating: 0, count: capacity)
      var span = message.mutableSpan
      let verdict = association.protect(&span, length: length, limit: limit)
      #expect(verdict == .refused(.noRoom))
    }
  }

  /// A hundred thousand replies with something changed: not one is taken but those whose change is in what is not covered.
  @Test func changedRepliesAreNeverTaken() throws {
    var random = SeededGenerator(seed: 26)
    let server = try #require(makeKeys("new"))
    for form in [FormChoice.Setting.authenticator, .extended] {
      var association = association(form)
      guard case .signed(let selection) = asked(ask(&association)) else { continue }
      let whole = reply(selection, server)
      var taken = 0
      for _ in 0..<50_000 {
        var message = whole
        switch Int.random(in: 0..<4, using: &random) {
        case 0: message.removeLast(Int.random(in: 1...message.count, using: &random))
        case 1:
          message += (0..<Int.random(in: 1...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        default:
          for _ in 0..<Int.random(in: 1...4, using: &random) {
            message[Int.random(in: 0..<message.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
          }
        }
        guard take(&association, message) == good else { continue }
        taken += 1
        let isSame =
          message.prefix(48) == whole.prefix(48) && message.count == whole.count
          && message[selection.form.checksumOffset...] == whole[selection.form.checksumOffset...]
        #expect(isSame, "a changed packet was taken")
      }
      #expect(taken < 10_000)
      #expect(take(&association, whole) == good)
    }
  }
}
