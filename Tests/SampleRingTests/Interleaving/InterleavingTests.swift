// SPDX-License-Identifier: Apache-2.0

import Testing

/// All interleavings of producer and consumer over small rings, with the orders of the source: no sample is torn, lost, doubled or
/// read while it is written. And each order that the ring needs is needed: with a weaker one the search finds the fault.
struct InterleavingTests {
  struct Shape {
    var capacity: Int
    var items: Int
    var batch: Int
  }

  static let shapes = [
    Shape(capacity: 1, items: 3, batch: 1), Shape(capacity: 2, items: 4, batch: 1),
    Shape(capacity: 2, items: 4, batch: 2),
    Shape(capacity: 4, items: 5, batch: 2),
  ]
  static let strict = RingProgram.Side(look: .synchronizing, publish: .synchronizing)

  static func program(_ slots: RingProgram.Slots, _ shape: Shape = shapes[2]) -> RingProgram {
    RingProgram(
      capacity: shape.capacity, items: shape.items, batch: shape.batch, slots: slots, producer: strict, consumer: strict
    )
  }

  @Test(arguments: shapes)
  func aRingOfOneProgramIsSound(shape: Shape) throws {
    let produce = try SourceOrders("SampleRing+Produce.swift")
    let consume = try SourceOrders("SampleRing+Consume.swift")
    var program = Self.program(.plain, shape)
    program.producer.look = try produce.order(of: "ownHead().pointee.load", in: "look(from")
    program.consumer.look = try consume.order(of: "ownTail().pointee.load", in: "hasNews(at")
    var tried: [RingProgram.Order] = []
    for publishing in ["emplace(", "push(contentsOf"] {
      program.producer.publish = try produce.order(of: "ownTail().pointee.store", in: publishing)
      for releasing in ["pop(into", "pop()", "drain("] {
        program.consumer.publish = try consume.order(of: "ownHead().pointee.store", in: releasing)
        let orders = [program.producer.publish, program.consumer.publish]
        if tried == orders { continue }
        tried = orders
        let found = program.explore()
        #expect(found.fault == nil, "\(publishing) against \(releasing)")
        #expect(found.states > 20)
      }
    }
  }

  @Test(arguments: shapes)
  func aRingBetweenTwoProcessesIsSound(shape: Shape) throws {
    let source = try SourceOrders("SampleRing+Shared.swift")
    var program = Self.program(.relaxedWords, shape)
    program.producer = RingProgram.Side(
      look: try source.order(of: "head.pointee.load", in: "freeShared("),
      publish: try source.order(of: "tail.pointee.store", in: "publishShared("))
    program.consumer = RingProgram.Side(
      look: try source.order(of: "tail.pointee.load", in: "waitingShared("),
      publish: try source.order(of: "head.pointee.store", in: "releaseShared("))
    let found = program.explore()
    #expect(found.fault == nil)
    #expect(found.states > 20)
  }

  typealias Weakening = WritableKeyPath<RingProgram, RingProgram.Order> & Sendable
  static let weakenings: [Weakening] = [
    \.producer.publish, \.consumer.look, \.consumer.publish, \.producer.look,
  ]

  @Test(arguments: weakenings)
  func aWeakerOrderIsFoundInPlainMemory(weakening: Weakening) {
    var program = Self.program(.plain)
    program[keyPath: weakening] = .relaxed
    guard case .race = program.explore().fault else {
      Issue.record("the search missed a weak order")
      return
    }
  }

  /// The producer's look is not among them: no processor writes a slot before it knows that it may (a control dependency).
  @Test(arguments: weakenings.dropLast())
  func aWeakerOrderIsFoundBetweenProcesses(weakening: Weakening) {
    var program = Self.program(.relaxedWords)
    program[keyPath: weakening] = .relaxed
    guard case .wrong = program.explore().fault else {
      Issue.record("the search missed a weak order")
      return
    }
  }

  @Test(arguments: [RingProgram.Slots.plain, .relaxedWords])
  func otherFaultsAreFound(slots: RingProgram.Slots) {
    var early = Self.program(slots)
    early.publishesFirst = true
    #expect(early.explore().fault != nil, "an index published before the words")
    var wide = Self.program(slots)
    wide.slack = 1
    #expect(wide.explore().fault != nil, "a slot more than there is")
  }
}
