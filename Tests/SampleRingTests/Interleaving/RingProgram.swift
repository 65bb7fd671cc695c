// SPDX-License-Identifier: Apache-2.0

/// The ring as data: what each side does to memory, and with which order.
///
/// A turn of either side is: look at the other's index, where what is known of it does not do (`look`); touch the words of one or
/// more slots; publish the own index. That is all of `emplace`, `push(contentsOf:)`, `pop` and `drain`.
struct RingProgram {
  enum Order: Equatable {
    case relaxed
    /// Acquire for a load, release for a store.
    case synchronizing
  }

  /// One side's two accesses to indices.
  struct Side {
    /// The load of the other side's index.
    var look: Order
    /// The store of the own index.
    var publish: Order
  }

  enum Slots {
    /// Memory of the program's own: an access that no order separates from the other side's write is a fault by itself.
    case plain
    /// Shared between processes: each word a relaxed atomic, which may be seen old.
    case relaxedWords
  }

  var capacity: Int
  /// Samples that go through; each is `words` words.
  var items: Int
  var words = 2
  /// The most slots that are published, or given back, at once.
  var batch: Int
  var slots: Slots
  var producer: Side
  var consumer: Side
  /// A fault to plant: how many more slots than there are the producer believes in.
  var slack = 0
  /// A fault to plant: the index is published before the words are written.
  var publishesFirst = false
}
