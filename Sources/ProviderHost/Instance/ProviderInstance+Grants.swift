// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel

/// What a provider may open beyond what its settings name outright: the addresses of names in them.
extension ProviderInstance {
  private static let questionLimit = 64

  /// The provider asks for a name; if its settings have it, the answer counts.
  func noteQuestion(_ name: String, token: UInt64) {
    guard grants.permits(name: name), !grantedQuestions.contains(token) else { return }
    if grantedQuestions.count == Self.questionLimit { grantedQuestions.removeFirst() }
    grantedQuestions.append(token)
  }

  func noteAnswer(token: UInt64, _ addresses: UnsafeBufferPointer<tompion_address_t>) {
    guard let index = grantedQuestions.firstIndex(of: token) else { return }
    grantedQuestions.remove(at: index)
    // Sound: the answer's own addresses, borrowed for the call.
    for index in addresses.indices { unsafe grants.note(SocketAddress(addresses[index])) }
  }
}
