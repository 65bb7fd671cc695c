// SPDX-License-Identifier: Apache-2.0

package import LinuxKernel

/// Opens what a provider asks for. In the daemon by system calls (`SystemOpener`); in a sandboxed child by asking the daemon, for the
/// child may open nothing itself. What comes back belongs to the caller; reading, writing and closing it is the same in both.
///
/// One thread, the owner's of the backend.
package protocol DescriptorOpener: AnyObject {
  func openDatagram(_ options: UDPSocketOptions, _ profile: KernelProfile) throws(KernelError) -> UDPSocket.Opened
}

/// Opens by system calls.
package final class SystemOpener: DescriptorOpener {
  package init() {}

  package func openDatagram(
    _ options: UDPSocketOptions, _ profile: KernelProfile
  ) throws(KernelError) -> UDPSocket.Opened {
    try UDPSocket.open(options, profile)
  }
}
