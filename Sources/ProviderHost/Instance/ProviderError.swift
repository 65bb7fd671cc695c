// SPDX-License-Identifier: Apache-2.0

/// Why a provider is not running: what failed, of which file, and what would be right. One bad provider never stops the others.
package struct ProviderError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: Sendable, Equatable {
    /// dlopen(3) failed; the loader's own words.
    case notLoadable(String)
    /// The file exports no tompion_module_v1.
    case missingSymbol
    /// tompion_module_v1 returned NULL.
    case nullModule
    case wrongMajor(UInt16, expected: UInt16)
    /// A struct is shorter than version 1 says.
    case shortStruct(String, size: UInt32, atLeast: Int)
    case badDescriptorCount(UInt32)
    /// A descriptor, or a function or text in a struct, is NULL.
    case null(String)
    /// No descriptor has that id or name; the ones there are.
    case unknownProvider(String, available: [String])
    /// open returned NULL.
    case openRefused
    /// init or start failed.
    case failed(call: String, status: Int32)
    /// A setting is wrong. Each one's path, and what the provider says of it; none where the instance's or the process' refusals say it.
    case settingsRefused([String] = [])
    case wrongState(call: String, state: ProviderState)
    /// The child process could not be started, or died.
    case child(String)
  }

  /// The file, or "built in".
  package var module: String
  package var reason: Reason

  package init(module: String, _ reason: Reason) {
    self.module = module
    self.reason = reason
  }

  package var description: String {
    switch reason {
    case .notLoadable(let why): "\(module): cannot be loaded: \(why)"
    case .missingSymbol:
      "\(module): exports no tompion_module_v1: not a Tompion provider, or built for another ABI major than 1"
    case .nullModule: "\(module): tompion_module_v1 returned NULL"
    case .wrongMajor(let found, let expected):
      "\(module): built for ABI major \(found); this host speaks \(expected): rebuild it with this release's headers"
    case .shortStruct(let what, let size, let least):
      "\(module): \(what).size is \(size), version 1 has at least \(least) bytes: set size = sizeof the struct"
    case .badDescriptorCount(let count): "\(module): descriptor_count is \(count), right is 1 to 64"
    case .null(let what): "\(module): \(what) is NULL"
    case .unknownProvider(let wanted, let available):
      "\(module): has no provider \"\(wanted)\"; it has \(available.joined(separator: ", "))"
    case .openRefused: "\(module): open returned NULL: the provider refused to be made"
    case .failed(let call, let status): "\(module): \(call) failed: \(StatusText.text(status))"
    case .settingsRefused(let complaints):
      "\(module): \(complaints.isEmpty ? "a setting was refused" : complaints.joined(separator: "\n"))"
    case .wrongState(let call, let state): "\(module): \(call) called while \(state)"
    case .child(let why): "\(module): child process: \(why)"
    }
  }
}

/// A tompion_status in words.
package enum StatusText {
  package static func text(_ status: Int32) -> String {
    switch status {
    case 0: "ok"
    case 1: "not now (TOMPION_AGAIN)"
    case -2: "unsupported (TOMPION_UNSUPPORTED)"
    case -3: "an argument or a setting is wrong (TOMPION_INVALID)"
    case -4: "wrong state (TOMPION_WRONG_STATE)"
    case -5: "wrong role (TOMPION_WRONG_ROLE)"
    case -6: "out of memory (TOMPION_NO_MEMORY)"
    case -7: "permission denied (TOMPION_PERMISSION)"
    case -8: "address in use (TOMPION_ADDRESS_IN_USE)"
    case -9: "unreachable (TOMPION_UNREACHABLE)"
    case -10: "not found (TOMPION_NOT_FOUND)"
    case let other where other > 0: "not now (\(other))"
    default: "error (\(status))"
    }
  }
}
