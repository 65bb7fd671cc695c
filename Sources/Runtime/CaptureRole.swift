// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import ProviderHost
import TimeTypes

/// Waits for packets and timers and runs the providers' callbacks. [capture]
final class CaptureRole {
  private let loop: ProviderLoop
  private let providers: [HostedProvider]
  private var published: UInt64 = 0

  init(loop: ProviderLoop, providers: [HostedProvider]) {
    self.loop = loop
    self.providers = providers
  }

  /// Starts every provider, those first that others prove their packets by; one that fails says so and the others go on.
  func start() {
    for provider in providers where provider.isAuthenticator { provider.start() }
    for provider in providers where !provider.isAuthenticator { provider.start() }
  }

  /// Waits once, at most until `deadline`, and hands out what came; what is not for a provider goes to `others`. True = there are
  /// samples that the discipline does not know of yet.
  func turn(until deadline: RawInstant?, others: (PollEvent) -> Void) throws(KernelError) -> Bool {
    try loop.run(until: deadline, others: others)
    var sum: UInt64 = 0
    for provider in providers { sum &+= provider.outbox.counters.published }
    defer { published = sum }
    return sum != published
  }

  /// Stops and closes every provider: after it no callback runs. Those last that others prove their packets by: nobody misses them then.
  func stop() {
    for provider in providers where !provider.isAuthenticator { provider.close() }
    for provider in providers { provider.close() }
  }
}
