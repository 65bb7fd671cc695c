// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NTPSymmetric

@Suite struct AssociationTableTests {
  @Test func keysByNumber() {
    let table = AssociationTable()
    #expect(table.open(0x101, key: 7) && table.open(0x201, key: 0) && table.open(0x102, key: 9))
    #expect(table.key(0x101) == 7 && table.key(0x201) == 0 && table.key(0x102) == 9)
    #expect(table.key(0x103) == nil && table.key(0) == nil)
    #expect(table.clients.map { [$0.association, $0.key] } == [[0x101, 7], [0x102, 9]])
    table.close(0x101)
    #expect(table.key(0x101) == nil && table.key(0x201) == 0)
  }

  @Test func asManyAsAProcessMayHave() {
    let table = AssociationTable()
    for number in UInt32(1)...256 { #expect(table.open(number << 8, key: number)) }
    #expect(!table.open(0x777, key: 1) && !table.open(0, key: 1))
    #expect((UInt32(1)...256).allSatisfy { table.key($0 << 8) == $0 })
    table.close(9 << 8)
    #expect(table.open(0x777, key: 1) && table.key(0x777) == 1)
  }
}
