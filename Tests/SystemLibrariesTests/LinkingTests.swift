// SPDX-License-Identifier: Apache-2.0

import CLibCap
import CLibURing
import COpenSSL
import Testing

/// The libraries that are found are those whose headers were read.
@Suite struct LinkingTests {
  /// That it links beside the others is the test: where a sandbox forbids io_uring there is no probe.
  @Test func ioURingIsLinked() {
    if let probe = io_uring_get_probe() {
      defer { io_uring_free_probe(probe) }
      #expect(io_uring_opcode_supported(probe, Int32(IORING_OP_NOP.rawValue)) == 1)
    }
  }

  @Test func openSSLIsTheHeadersMajor() {
    #expect(OPENSSL_version_major() == UInt32(OPENSSL_VERSION_MAJOR))
  }

  @Test func capabilitiesHaveNames() throws {
    let name = try #require(cap_to_name(25))
    defer { cap_free(name) }
    #expect(String(cString: name) == "cap_sys_time")
  }
}
