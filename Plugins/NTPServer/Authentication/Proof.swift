// SPDX-License-Identifier: Apache-2.0

/// How a request proved its origin, and so how its reply is to be proved; `none` for plain ones.
struct Proof: Hashable, Sendable, BitwiseCopyable {
  /// Which of the server's schemes; negative = none.
  var scheme: Int
  /// The scheme's own name of the request's keys.
  var request: UInt64

  static let none = Proof(scheme: -1, request: 0)

  var isThere: Bool { scheme >= 0 }
}

/// What the schemes say of a request.
enum Examination: Hashable, Sendable, BitwiseCopyable {
  /// Its first `length` bytes are a request without a proof, which may be answered as such.
  case plain(length: Int)
  /// Its first `length` bytes are proven.
  case proven(Proof, length: Int)
  case silence(Silence)
}
