// SPDX-License-Identifier: Apache-2.0

/// Who is answered without a proof.
package enum UnsignedRequests: String, CaseIterable, Sendable, BitwiseCopyable {
  /// Everybody whom the access list lets in.
  case all
  /// Whose address one of the schemes knows: NIST's rule for the clients of its authenticated servers.
  case registered
  case none
}
