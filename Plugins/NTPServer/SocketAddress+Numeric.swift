// SPDX-License-Identifier: Apache-2.0

package import Addresses
package import ProviderKit

extension SocketAddress {
  package init(_ address: NumericAddress, port: UInt16 = 0) {
    self.init(family: address.family == .ipv4 ? .ipv4 : .ipv6, high: address.high, low: address.low, port: port)
  }
}
