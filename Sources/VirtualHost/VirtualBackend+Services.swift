// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import ProviderHost

/// What a provider keeps, is given and has authenticated, in virtual time: a store in memory, secrets that the test gives, and the same
/// handing on between providers as in the daemon.
extension VirtualBackend {
  package var store: ProviderStore? { keptStore }
  package var authentication: AuthenticationRouter? { host.authentication }

  package func openSecret(_ setting: String, path: String, isPublic: Bool) -> SecretOpening {
    guard let bytes = host.secrets[path] else { return .failed(TOMPION_NOT_FOUND, "\(setting): there is no \(path)") }
    guard let copy = HeldBytes(bytes) else { return .failed(TOMPION_NO_MEMORY, "") }
    held.append(copy)
    return .opened(copy)
  }

  package func closeSecret(_ address: UInt) { held.removeAll { $0.address == address } }
}
