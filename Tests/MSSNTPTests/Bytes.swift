// SPDX-License-Identifier: Apache-2.0

@testable import MSSNTP

// Expectations cannot hold a span, so these take arrays.

/// Bytes of test vectors: "00 01 ff", blanks as one likes.
func bytes(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func text(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The hash's bytes, which tests alone ever print.
func text(_ hash: NTHash?) -> String? { hash.map { text($0.bytes) } }

/// Bytes 00 to 2f, with version 3 and mode 3 in the first where it matters to nobody.
let countingHeader = (0..<48).map(UInt8.init)

/// A request's header: version 3, mode 3.
let requestHeader: [UInt8] = [0x1b] + (1..<48).map(UInt8.init)

func request(_ selection: KeySelection, header: [UInt8] = requestHeader) -> [UInt8] {
  var message = header + Array(repeating: 0, count: selection.form.growth)
  var span = message.mutableSpan
  _ = SignedMessage.appendRequest(selection, to: &span)
  return message
}

func asked(_ message: [UInt8], length: Int? = nil) -> SignedMessage.Request {
  SignedMessage.request(message.span, length: length ?? message.count)
}

/// What a request that is signed asks its server to sign with.
func keySelection(_ request: SignedMessage.Request) -> KeySelection? {
  guard case .signed(let selection) = request else { return nil }
  return selection
}

/// A reply to that request as a server signs it.
func reply(_ selection: KeySelection, _ keys: AccountKeys, header: [UInt8] = countingHeader) -> [UInt8] {
  var message = header + Array(repeating: 0, count: selection.form.growth)
  var span = message.mutableSpan
  _ = SignedMessage.appendReply(selection, to: &span)
  _ = keys.sign(&span, selection)
  return message
}

func verifies(_ keys: AccountKeys, _ message: [UInt8], _ form: MessageForm) -> Bool {
  keys.verifies(message.span, form)
}

func makeKeys(_ password: String, previous: String? = nil, rid: UInt32 = 1103) -> AccountKeys? {
  AccountKeys(
    KeyHolder(
      account: "HOST$", rid: rid, current: NTHash(password: password), previous: previous.map { NTHash(password: $0) }))
}

/// `#require` of what a mutating call returns, which the macro cannot take.
func some<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw Nothing() }
  return value
}

struct Nothing: Error {}
