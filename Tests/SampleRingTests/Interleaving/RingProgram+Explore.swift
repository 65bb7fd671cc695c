// SPDX-License-Identifier: Apache-2.0

extension RingProgram {
  /// Every state that any interleaving reaches, each once; the first fault found, and how many states there were.
  func explore() -> (fault: RingMachine.Fault?, states: Int) {
    let start = RingMachine(self)
    var known: Set<RingMachine> = [start]
    var open = [start]
    while let machine = open.popLast() {
      do throws(RingMachine.Fault) {
        let next = try machine.successors(self)
        if next.isEmpty, !machine.isDone(self) { return (.stuck, known.count) }
        for successor in next where known.insert(successor).inserted { open.append(successor) }
      } catch {
        return (error, known.count)
      }
    }
    return (nil, known.count)
  }
}
