// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LinuxKernel

@Suite struct TransmitLedgerTests {
  func hash(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes(TransmitLedger.hash) }

  @Test func numbersFindTheirPacketsOnce() {
    var ledger = TransmitLedger(capacity: 4)
    for i in 0..<3 { ledger.sent(token: UInt64(10 + i), length: 1, hash: 0, rawNanoseconds: Int64(i)) }
    do { let entry = ledger.take(id: 1); #expect(entry?.token == 11) }
    do { let entry = ledger.take(id: 1); #expect(entry?.token == nil) }
    do { let entry = ledger.take(id: 9); #expect(entry?.token == nil) }
    do { let entry = ledger.takeOldest(); #expect(entry?.token == 10) }
    #expect(ledger.pendingCount == 1)
  }

  @Test func aFullLedgerForgetsTheOldest() {
    var ledger = TransmitLedger(capacity: 2)
    for i in 0..<3 { ledger.sent(token: UInt64(i), length: 1, hash: 0, rawNanoseconds: 0) }
    #expect(ledger.overwritten == 1)
    #expect(ledger.pendingCount == 2)
    do { let entry = ledger.take(id: 0); #expect(entry?.token == nil) }
    do { let entry = ledger.take(id: 2); #expect(entry?.token == 2) }
  }

  @Test func aFrameIsMatchedByItsEnd() {
    var ledger = TransmitLedger(capacity: 4)
    let first = (0..<48).map { UInt8($0) }, second = (0..<48).map { UInt8($0 ^ 1) }
    ledger.sent(token: 1, length: 48, hash: hash(first), rawNanoseconds: 0)
    ledger.sent(token: 2, length: 48, hash: hash(second), rawNanoseconds: 0)
    // Ethernet, IPv4 and UDP headers before it.
    let frame = [UInt8](repeating: 0xee, count: 42) + second
    do { let entry = frame.withUnsafeBytes { ledger.take(payload: $0) }; #expect(entry?.token == 2) }
    do { let entry = first.withUnsafeBytes { ledger.take(payload: $0) }; #expect(entry?.token == 1) }
    do { let entry = first.withUnsafeBytes { ledger.take(payload: $0) }; #expect(entry?.token == nil) }
    do { let entry = [UInt8]().withUnsafeBytes { ledger.take(payload: $0) }; #expect(entry?.token == nil) }
  }

  @Test func whatWaitsWhenNumbersStartAgainIsOverdueAtOnce() {
    var ledger = TransmitLedger(capacity: 4)
    ledger.sent(token: 1, length: 1, hash: hash([1]), rawNanoseconds: 100)
    ledger.sent(token: 2, length: 1, hash: hash([2]), rawNanoseconds: 200)
    do { let entry = ledger.take(id: 0); #expect(entry?.token == 1) }
    ledger.restartNumbers()
    ledger.sent(token: 3, length: 1, hash: hash([2]), rawNanoseconds: 300)
    #expect(ledger.pendingCount == 2)
    // Number 0 is the new packet's; no stamp is told of the lost one.
    do { let entry = [UInt8(2)].withUnsafeBytes { ledger.take(payload: $0) }; #expect(entry?.token == 3) }
    do { let entry = ledger.takeOldest(); #expect(entry?.token == nil) }
    do { let entry = ledger.take(id: 1); #expect(entry?.token == nil) }
    do { let entry = ledger.takeOverdue(before: 0); #expect(entry?.token == 2) }
    do { let entry = ledger.takeOverdue(before: .max); #expect(entry?.token == nil) }
    #expect(ledger.pendingCount == 0)
    // Its place is as good as new.
    for token in 4..<8 { ledger.sent(token: UInt64(token), length: 1, hash: 0, rawNanoseconds: 400) }
    do { let entry = ledger.takeOverdue(before: 400); #expect(entry?.token == nil) }
    do { let entry = ledger.take(id: 1); #expect(entry?.token == 4) }
  }

  @Test func overdueOnesComeOnce() {
    var ledger = TransmitLedger(capacity: 4)
    ledger.sent(token: 1, length: 1, hash: 0, rawNanoseconds: 100)
    ledger.sent(token: 2, length: 1, hash: 0, rawNanoseconds: 200)
    do { let entry = ledger.takeOverdue(before: 100); #expect(entry?.token == nil) }
    do { let entry = ledger.takeOverdue(before: 150); #expect(entry?.token == 1) }
    do { let entry = ledger.takeOverdue(before: 150); #expect(entry?.token == nil) }
    do { let entry = ledger.takeOverdue(before: 500); #expect(entry?.token == 2) }
  }

  @Test func theKernelsStampWaitsForTheCardsWithinABound() {
    var ledger = TransmitLedger(capacity: 4)
    ledger.sent(token: 1, length: 48, hash: 0, rawNanoseconds: 1000)
    ledger.sent(token: 2, length: 48, hash: 0, rawNanoseconds: 2000)
    let isHeld = ledger.hold(id: 0, softwareNanoseconds: 77, interface: 3)
    let isUnknown = !ledger.hold(id: 9, softwareNanoseconds: 78, interface: 3)
    #expect(isHeld && isUnknown)
    #expect(ledger.pendingCount == 2)
    // Packet 2 has no stamp at all yet: its patience is the longer one.
    do { let none = ledger.takeOverdue(before: 0, heldBefore: 1000); #expect(none?.token == nil) }
    let held = ledger.takeOverdue(before: 0, heldBefore: 5000)
    #expect(held?.token == 1 && held?.softwareNanoseconds == 77 && held?.interface == 3)
    do { let none = ledger.takeOverdue(before: 0, heldBefore: 5000); #expect(none?.token == nil) }
    // The card's stamp that comes too late finds nobody.
    do { let late = ledger.take(id: 0); #expect(late?.token == nil) }
    let other = ledger.take(id: 1)
    #expect(other?.token == 2 && other?.softwareNanoseconds == nil)
    #expect(ledger.pendingCount == 0)
  }
}
