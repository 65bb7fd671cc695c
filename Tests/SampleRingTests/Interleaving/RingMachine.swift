// SPDX-License-Identifier: Apache-2.0

/// One state of a ring that runs on the memory of C++11 and Swift: every word keeps all that was ever stored in it, and a thread
/// may read any of that which is not older than what it knows of ("view").
///
/// A release store attaches the view of its thread; an acquire load that reads it takes the view over; relaxed ones do neither, so
/// stores of one thread may be seen in any order. A relaxed store may moreover run before the loads and stores in front of it,
/// as processors do it. Each word has one writer, so a view is one number for each.
struct RingMachine: Hashable {
  struct Message: Hashable {
    var value: Int
    /// What the storing thread knew; empty = the store was relaxed.
    var view: [Int]
  }

  enum Step: Hashable {
    /// A word of the slot of that position.
    case access(position: Int, word: Int)
    case publish(Int)
  }

  struct Thread: Hashable {
    var position = 0
    var seen = 0
    var view: [Int]
    var pending: [Step] = []
  }

  enum Fault: Error, Equatable {
    /// Read and write of one plain word with nothing to order them.
    case race(position: Int)
    case wrong(position: Int, found: Int)
    /// Neither side can go on.
    case stuck
  }

  static let tail = 0
  static let head = 1
  var memory: [[Message]]
  var producer: Thread
  var consumer: Thread

  init(_ program: RingProgram) {
    // The indices, the words, and for each word how often the consumer has read it: the producer has to know of each reading.
    let places = 2 + 2 * program.capacity * program.words
    memory = Array(repeating: [Message(value: 0, view: [])], count: places)
    for place in 2..<places where place < 2 + program.capacity * program.words { memory[place][0].value = -1 }
    producer = Thread(view: Array(repeating: 0, count: places))
    consumer = producer
  }

  func isDone(_ program: RingProgram) -> Bool {
    producer.position == program.items && consumer.position == program.items && producer.pending.isEmpty
      && consumer.pending.isEmpty
  }

  /// The states that can follow, whichever thread goes on and whichever of the allowed values it reads.
  func successors(_ program: RingProgram) throws(Fault) -> [RingMachine] {
    var next: [RingMachine] = []
    try produce(program, into: &next)
    try consume(program, into: &next)
    return next
  }

  private func produce(_ program: RingProgram, into next: inout [RingMachine]) throws(Fault) {
    guard producer.pending.isEmpty else {
      var machine = self
      if case .access(let position, let word) = machine.producer.pending.removeFirst() {
        try machine.write(position, word, program)
      } else if case .publish(let end) = producer.pending[0] {
        Self.store(end, Self.tail, program.producer.publish, &machine.memory, &machine.producer)
      }
      next.append(machine)
      return
    }
    let room = program.capacity + program.slack - (producer.position - producer.seen)
    for count in 1...program.batch where producer.position + count <= program.items {
      if count <= room {
        begin(\.producer, count, program, program.producer.publish, into: &next)
      } else {
        look(\.producer, Self.head, program.producer.look, into: &next) {
          producer.position + count - $0 <= program.capacity + program.slack
        }
      }
    }
  }

  private func consume(_ program: RingProgram, into next: inout [RingMachine]) throws(Fault) {
    guard consumer.pending.isEmpty else {
      var machine = self
      switch machine.consumer.pending.removeFirst() {
      case .publish(let end):
        Self.store(end, Self.head, program.consumer.publish, &machine.memory, &machine.consumer)
        next.append(machine)
      case .access(let position, let word):
        try machine.read(position, word, program, into: &next)
      }
      return
    }
    look(\.consumer, Self.tail, program.consumer.look, into: &next) { $0 > consumer.seen }
    let waiting = min(consumer.seen - consumer.position, program.batch)
    guard waiting > 0 else { return }
    for count in 1...waiting { begin(\.consumer, count, program, program.consumer.publish, into: &next) }
  }

  /// A thread reads the other's index: any value that it may see and that lets it go on.
  private func look(
    _ side: WritableKeyPath<RingMachine, Thread>, _ place: Int, _ order: RingProgram.Order,
    into next: inout [RingMachine],
    _ goesOn: (Int) -> Bool
  ) {
    for index in self[keyPath: side].view[place]..<memory[place].count {
      let message = memory[place][index]
      guard goesOn(message.value), message.value > self[keyPath: side].seen else { continue }
      var machine = self
      machine[keyPath: side].seen = message.value
      machine[keyPath: side].view[place] = index
      if order == .synchronizing { machine[keyPath: side].join(message.view) }
      next.append(machine)
    }
  }

  /// A thread takes `count` slots in hand: its words, and the index in every place where its order lets it be.
  private func begin(
    _ side: WritableKeyPath<RingMachine, Thread>, _ count: Int, _ program: RingProgram, _ publish: RingProgram.Order,
    into next: inout [RingMachine]
  ) {
    var machine = self
    let start = machine[keyPath: side].position
    machine[keyPath: side].position += count
    let accesses = (start..<start + count).flatMap { position in
      (0..<program.words).map { Step.access(position: position, word: $0) }
    }
    let earliest = publish == .relaxed || program.publishesFirst ? 0 : accesses.count
    for place in earliest...accesses.count {
      var steps = accesses
      steps.insert(.publish(start + count), at: place)
      machine[keyPath: side].pending = steps
      next.append(machine)
    }
  }

  private func place(_ position: Int, _ word: Int, _ program: RingProgram) -> Int {
    2 + (position % program.capacity) * program.words + word
  }

  private mutating func write(_ position: Int, _ word: Int, _ program: RingProgram) throws(Fault) {
    let place = place(position, word, program)
    let readings = place + program.capacity * program.words
    if program.slots == .plain, producer.view[readings] != memory[readings].count - 1 {
      throw .race(position: position)
    }
    Self.store(position, place, .relaxed, &memory, &producer)
  }

  private func read(_ position: Int, _ word: Int, _ program: RingProgram, into next: inout [RingMachine]) throws(Fault)
  {
    let place = place(position, word, program)
    let newest = memory[place].count - 1
    if program.slots == .plain, consumer.view[place] != newest { throw .race(position: position) }
    for index in consumer.view[place]...newest {
      guard memory[place][index].value == position else {
        throw .wrong(position: position, found: memory[place][index].value)
      }
      var machine = self
      machine.consumer.view[place] = index
      Self.store(0, place + program.capacity * program.words, .relaxed, &machine.memory, &machine.consumer)
      next.append(machine)
    }
  }

  private static func store(
    _ value: Int, _ place: Int, _ order: RingProgram.Order, _ memory: inout [[Message]], _ thread: inout Thread
  ) {
    thread.view[place] = memory[place].count
    memory[place].append(Message(value: value, view: order == .synchronizing ? thread.view : []))
  }
}

extension RingMachine.Thread {
  mutating func join(_ other: [Int]) {
    for place in other.indices { view[place] = max(view[place], other[place]) }
  }
}
