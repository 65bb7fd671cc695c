// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Settings

@Suite struct DevicePathTests {
  @Test(arguments: [
    ("/dev/ptp0", "/dev/ptp0"), ("/dev/./ptp0", "/dev/ptp0"), ("//dev//ptp0/", "/dev/ptp0"),
    ("/dev/x/../ptp0", "/dev/ptp0"),
    ("/../dev/ptp0", "/dev/ptp0"), ("/", "/"), ("eth0", "eth0"), ("./ptp0", "./ptp0"), ("", ""),
  ])
  func detoursAreLeftOut(path: String, plain: String) {
    #expect(DevicePath.plain(path) == plain)
  }
}
