// SPDX-License-Identifier: Apache-2.0

import Foundation
import SampleRing
import Synchronization
import Testing

struct SeqlockPageTests {
  static func words(_ number: UInt64) -> SeqlockPage.Words {
    SeqlockPage.Words { UInt64($0 + 1) &* number }
  }

  static func array(_ words: SeqlockPage.Words?) -> [UInt64]? {
    guard let words else { return nil }
    return words.indices.map { words[$0] }
  }

  @Test
  func whatIsWrittenIsRead() {
    let page = SeqlockPage()
    let empty = Self.array(page.read())
    #expect(empty == Array(repeating: 0, count: 15))
    for number in 1...5 as ClosedRange<UInt64> {
      page.write(Self.words(number))
      let read = Self.array(page.read())
      #expect(read == Self.array(Self.words(number)))
    }
  }

  @Test
  func itsLayoutIsTheABIs() {
    let page = SeqlockPage()
    page.write(Self.words(3))
    page.write(Self.words(7))
    #expect(page.address.load(as: UInt32.self) == 128)
    #expect(page.address.load(fromByteOffset: 4, as: UInt32.self) == 4)
    for index in 0..<15 {
      #expect(page.address.load(fromByteOffset: 8 + 8 * index, as: UInt64.self) == UInt64(index + 1) * 7)
    }
  }

  @Test
  func aWriterThatDiedInTheMiddleIsSeenAndTheNextRepairsIt() {
    let page = SeqlockPage()
    page.write(Self.words(1))
    page.address.storeBytes(of: 3, toByteOffset: 4, as: UInt32.self)
    let torn = Self.array(page.read())
    #expect(torn == nil)
    page.write(Self.words(2))
    let read = Self.array(page.read())
    #expect(read == Self.array(Self.words(2)))
  }

  @Test
  func theSequenceWraps() {
    let page = SeqlockPage()
    page.address.storeBytes(of: UInt32.max - 1, toByteOffset: 4, as: UInt32.self)
    page.write(Self.words(9))
    #expect(page.address.load(fromByteOffset: 4, as: UInt32.self) == 0)
    let read = Self.array(page.read())
    #expect(read == Self.array(Self.words(9)))
  }

  @Test
  func twoSidesShareAPage() throws {
    let block = SharedBlock(count: 128)
    let attachedTooEarly = SeqlockPage(attaching: block.bytes) == nil
    #expect(attachedTooEarly)
    guard let writer = SeqlockPage(formatting: block.bytes), let reader = SeqlockPage(attaching: block.bytes) else {
      Issue.record("a page of 128 aligned bytes was refused")
      return
    }
    writer.write(Self.words(5))
    let read = Self.array(reader.read())
    #expect(read == Self.array(Self.words(5)))
    let short = SeqlockPage(formatting: UnsafeMutableRawBufferPointer(rebasing: block.bytes.dropLast())) == nil
    let crooked = SeqlockPage(attaching: UnsafeMutableRawBufferPointer(rebasing: block.bytes.dropFirst(4))) == nil
    #expect(short && crooked && block.areGuardsWhole)
  }

  final class Shared: Sendable {
    let page = SeqlockPage()
    let isDone = Atomic<Bool>(false)
    let torn = Atomic<Int>(0)
    let reads = Atomic<Int>(0)
  }

  /// Two readers and a writer that never rests: no reader ever sees two states mixed, nor time go back.
  @Test
  func noReadIsTorn() {
    let shared = Shared()
    shared.page.write(Self.words(1))
    let readers = (0..<2).map { _ in
      Thread {
        var last: UInt64 = 0
        while !shared.isDone.load(ordering: .acquiring) {
          guard let words = shared.page.read() else { continue }
          let number = words[0]
          for index in 0..<15 where words[index] != UInt64(index + 1) &* number {
            shared.torn.add(1, ordering: .relaxed)
          }
          if number < last { shared.torn.add(1, ordering: .relaxed) }
          last = number
          shared.reads.add(1, ordering: .relaxed)
        }
        shared.reads.add(1 << 32, ordering: .releasing)
      }
    }
    for reader in readers { reader.start() }
    var number: UInt64 = 1
    while number < 200_000 || shared.reads.load(ordering: .relaxed) < 1000 {
      number += 1
      shared.page.write(Self.words(number))
      if number % 1000 == 0 { sched_yield() }
    }
    shared.isDone.store(true, ordering: .releasing)
    while shared.reads.load(ordering: .acquiring) >> 32 < 2 { sched_yield() }
    #expect(shared.torn.load(ordering: .relaxed) == 0)
  }
}
