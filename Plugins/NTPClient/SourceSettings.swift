// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

/// One [[source]] of the configuration, checked.
package struct SourceSettings: Hashable, Sendable {
  /// A name or a numeric address.
  package var address = ""
  package var port: UInt16 = 123
  package var family = SocketAddress.Family.none
  /// Several associations from one name.
  package var isPool = false
  package var prefer = false
  package var noselect = false
  package var trust = false
  package var require = false
  /// It spreads leap seconds over hours.
  package var smears = false
  package var association = AssociationOptions()

  package init() {}

  /// Associations of a pool.
  package static let poolSize = 4

  package var associations: Int { isPool ? Self.poolSize : 1 }
}
