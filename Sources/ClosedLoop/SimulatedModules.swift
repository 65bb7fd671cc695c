// SPDX-License-Identifier: Apache-2.0

package import ProviderHost

/// The provider modules that a run loads: the files that ship, or the same code linked in.
package struct SimulatedModules: Sendable {
  package var client: ProviderModule
  package var server: ProviderModule

  package init(client: ProviderModule, server: ProviderModule) {
    self.client = client
    self.server = server
  }
}
