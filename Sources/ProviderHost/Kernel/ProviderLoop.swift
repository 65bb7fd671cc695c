// SPDX-License-Identifier: Apache-2.0

package import LinuxKernel
package import TimeTypes

/// Hands a loop's events to the providers that they are for: the tokens of a backend carry its instance's number in their
/// upper 16 bits; number 0 is free for the loop's owner.
package final class ProviderLoop {
  package let loop: EventLoop
  package let clocks: KernelClocks
  /// Between the providers of this loop.
  let authentication = AuthenticationRouter()
  private var backends: [KernelBackend] = []

  package init(loop: EventLoop, clocks: KernelClocks) {
    self.loop = loop
    self.clocks = clocks
  }

  /// Before the provider is opened.
  package func add(_ backend: KernelBackend) {
    backend.authentication = authentication
    backends.append(backend)
  }

  package func remove(_ backend: KernelBackend) { backends.removeAll { $0 === backend } }

  /// Waits once and hands out what is for providers; the rest goes to `others`. [capture]
  package func run(until deadline: RawInstant? = nil, others: (PollEvent) -> Void = { _ in }) throws(KernelError) {
    try loop.wait(until: deadline)
    clocks.refresh()
    // Without a waker nobody says when answers and commands are there: they are looked for.
    if loop.waker == nil { for index in 0..<backends.count { backends[index].woken() } }
    while let event = loop.next() {
      if !dispatch(event) { others(event) }
    }
  }

  /// False = not for a provider; `woken` is for everybody and always false. Call `clocks.refresh()` after each wait.
  package func dispatch(_ event: PollEvent) -> Bool {
    switch event {
    case .woken:
      for index in 0..<backends.count { backends[index].woken() }
      return false
    case .readable(let token), .writable(let token), .errorQueue(let token), .timer(let token):
      let number = UInt16(token >> 48)
      guard number != 0 else { return false }
      for index in 0..<backends.count where backends[index].number == number {
        backends[index].handle(event, now: loop.lastWakeUp)
        return true
      }
      return false
    }
  }
}
