// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

extension SocketAddressTable.Words {
  init(_ address: SocketAddress) {
    self.init(
      high: address.high, low: address.low,
      rest: UInt64(address.scope) << 32 | UInt64(address.port) << 16 | UInt64(address.family.rawValue))
  }
}

extension SocketAddress {
  init(_ words: SocketAddressTable.Words) {
    self.init(
      family: Family(rawValue: UInt8(truncatingIfNeeded: words.rest)) ?? .none, high: words.high, low: words.low,
      port: UInt16(truncatingIfNeeded: words.rest >> 16), scope: UInt32(truncatingIfNeeded: words.rest >> 32))
  }
}
