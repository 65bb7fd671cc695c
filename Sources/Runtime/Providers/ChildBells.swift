// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import ProviderHost
import TimeTypes

/// The eventfds by which children say that there are samples in their rings, on the loop that drains them. A child that rings without
/// end is not listened to for the rest of the second: its ring is then looked at once a second. [discipline]
struct ChildBells {
  private struct Bell {
    let process: ProviderProcess
    let descriptor: Int32
    var rung = 0
    var isHeard = true
  }

  /// Tokens of the loop from here on are bells.
  static let firstToken: UInt64 = 1 << 40
  /// A bell that rings more often in a second is a flood.
  static let perSecond = 8192

  private let loop: EventLoop
  private var bells: [Bell] = []
  private var second = RawInstant(nanoseconds: .min)

  init(_ processes: [ProviderProcess], on loop: EventLoop) throws(KernelError) {
    self.loop = loop
    for process in processes {
      guard let descriptor = process.bell?.descriptor.rawValue else { continue }
      try loop.add(descriptor, token: Self.firstToken + UInt64(bells.count))
      bells.append(Bell(process: process, descriptor: descriptor))
    }
  }

  /// False = the event is not a bell's.
  mutating func heard(_ event: PollEvent) -> Bool {
    switch event {
    case .readable(let token), .errorQueue(let token):
      guard token >= Self.firstToken, token < Self.firstToken + UInt64(bells.count) else { return false }
      let index = Int(token - Self.firstToken)
      bells[index].process.bell?.clear()
      bells[index].rung += 1
      if bells[index].rung == Self.perSecond {
        bells[index].isHeard = false
        loop.remove(bells[index].descriptor)
        bells[index].process.outbox.noteFlood()
      }
      return true
    case .writable, .timer, .woken: return false
    }
  }

  /// Once a second everybody is listened to again.
  mutating func tick(now: RawInstant) {
    guard !bells.isEmpty, now >= second else { return }
    second = now + .seconds(1)
    for index in bells.indices {
      bells[index].rung = 0
      guard !bells[index].isHeard else { continue }
      bells[index].isHeard = (try? loop.add(bells[index].descriptor, token: Self.firstToken + UInt64(index))) != nil
    }
  }
}
