// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Settings
import Testing

@Suite struct OwnModulesTests {
  /// What `tompion new-provider` refuses as a name, and what runs in the daemon's process unasked, is what the package makes.
  @Test func theModulesThatComeWithTheDaemonAreThePackages() throws {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    let package = String(decoding: try SmallFile.read(root + "/Package.swift"), as: UTF8.self)
    let made = package.split(separator: "\n").compactMap { line -> String? in
      guard line.contains(".library(name: \"tompion-") else { return nil }
      return line.split(separator: "\"").first { $0.hasPrefix("tompion-") }.map(String.init)
    }
    #expect(made.count > 5 && Set(made) == ProviderConfiguration.own)
  }
}
