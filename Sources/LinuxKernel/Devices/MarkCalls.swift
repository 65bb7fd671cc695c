// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// What devices that mark moments ask of the kernel once they are open; tests put a fake one in its place. Each call gives 0 or a count,
/// or -errno. [capture]
package struct MarkCalls: Sendable {
  /// PPS_FETCH without waiting.
  package var pulses: @Sendable (Int32, inout clinux_pulses_t) -> Int32
  /// The oldest external time stamp that waits: 1 = there was one, 0 = none.
  package var external: @Sendable (Int32, inout clinux_external_stamp_t) -> Int32
  /// Cross time stamps.
  package var phc: PHCCalls

  package init(
    pulses: @escaping @Sendable (Int32, inout clinux_pulses_t) -> Int32,
    external: @escaping @Sendable (Int32, inout clinux_external_stamp_t) -> Int32, phc: PHCCalls
  ) {
    self.pulses = pulses
    self.external = external
    self.phc = phc
  }

  /// The host's own devices. The addresses are of the callers' memory, for the calls.
  package static let kernel = MarkCalls(
    pulses: { descriptor, pulses in unsafe clinux_pps_fetch(descriptor, &pulses) },
    external: { descriptor, stamp in unsafe clinux_phc_external(descriptor, &stamp, 1) },
    phc: .kernel)
}
