// SPDX-License-Identifier: Apache-2.0

import Glibc
import NTPClient
import NTPServer
import ProviderHost
import Testing

/// Where the providers under test come from: the plugin files that ship, or the same code linked in.
enum ProviderOrigin: String, CaseIterable, CustomTestStringConvertible {
  case plugin, linked

  var testDescription: String { rawValue }

  func client() throws -> ProviderModule {
    switch self {
    case .plugin: try .load(path: Self.directory + "/libtompion-ntp-client.so")
    case .linked: try ProviderModule(path: "built in", pointer: ntpClientModule())
    }
  }

  func server() throws -> ProviderModule {
    switch self {
    case .plugin: try .load(path: Self.directory + "/libtompion-ntp-server.so")
    case .linked: try ProviderModule(path: "built in", pointer: ntpServerModule())
    }
  }

  /// The build directory: where the test bundle, an executable, lies.
  private static let directory: String = {
    var resolved = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard realpath("/proc/self/exe", &resolved) != nil else { return "." }
    let path = String(decoding: resolved.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }()
}
