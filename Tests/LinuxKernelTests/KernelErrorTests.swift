// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LinuxKernel

@Suite struct KernelErrorTests {
  @Test func saysWhatWhyAndWhatWouldBeRight() {
    #expect(
      KernelError("bind the UDP socket", errno: EADDRINUSE).description.hasPrefix(
        "cannot bind the UDP socket: Address already in use; "))
    #expect(KernelError("steer the clock", errno: EPERM).description.contains("capability"))
    #expect(KernelError("bind the UDP socket", errno: EACCES).description.contains("CAP_NET_BIND_SERVICE"))
    // A file's mode is no matter of ports.
    for operation: StaticString in [
      "open the file", "open the lock file", "open the file's directory", "make the directory",
    ] {
      let text = KernelError(operation, errno: EACCES).description
      #expect(!text.contains("CAP_NET_BIND_SERVICE") && text.contains("chmod"))
    }
    #expect(KernelError("read", errno: EIO).description == "cannot read: Input/output error")
  }
}
