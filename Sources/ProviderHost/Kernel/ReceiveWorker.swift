// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Synchronization

/// A thread that receives for a provider beside its owner's: loop, clocks, buffers and sockets of its own, so that nothing is shared
/// with the other workers but the ports (SO_REUSEPORT) and what the provider itself shares.
///
/// Made, filled and ended by the owner's thread. Its loop is poll(2) with recvmmsg(2): where many workers are wanted, batches are full.
final class ReceiveWorker {
  let backend: KernelBackend
  private let loop: ProviderLoop
  private let isWanted = Flag()
  private var thread: RoleThread?

  private final class Flag: Sendable {
    let value = Atomic<Bool>(true)
  }

  /// The thread's part, which belongs to it alone from `launch` until `end` has returned.
  private struct Part: @unchecked Sendable {
    let loop: ProviderLoop
  }

  /// How long a provider's call may keep its worker's end waiting, s.
  private static let patience: UInt32 = 2

  init(index: Int, of owner: KernelBackend, instance: ProviderInstance) throws(KernelError) {
    let loop = EventLoop.poll(try PollLoop(capacity: KernelBackend.socketLimit))
    loop.busyPoll = owner.loop.busyPoll
    loop.interfaceBusyPoll = owner.loop.interfaceBusyPoll
    let clocks = owner.clocks.another()
    // Sound: the page outlives the owner, and this ends before it.
    backend = try unsafe KernelBackend(
      number: owner.number, loop: loop, clocks: clocks, clockPage: UnsafePointer(bitPattern: owner.page), worker: index,
      opener: owner.opener)
    backend.attach(instance)
    self.loop = ProviderLoop(loop: loop, clocks: clocks)
    self.loop.add(backend)
  }

  /// Starts the thread. What it was refused is no reason to stop: it receives all the same.
  func launch(_ options: RoleThreadOptions) throws(KernelError) -> [RoleWarning] {
    let (part, flag) = (Part(loop: loop), isWanted)
    var options = options
    options.name = "worker\(backend.worker)"
    let thread = try RoleThread(options) {
      WorkerThread.begin()
      part.loop.clocks.begin()
      while flag.value.load(ordering: .acquiring) {
        // A wait that fails would spin: the thread ends, and its clients go to it in vain until the sockets close.
        do throws(KernelError) { try part.loop.run() } catch { return }
      }
    }
    self.thread = thread
    return thread.warnings
  }

  /// Ends the thread and closes its sockets; false = a call into the provider does not return, and all of it is left as it is.
  func end() -> Bool {
    isWanted.value.store(false, ordering: .releasing)
    loop.loop.waker?.wake()
    guard thread?.join(withinSeconds: Self.patience) ?? true else { return false }
    backend.detach()
    return true
  }
}
