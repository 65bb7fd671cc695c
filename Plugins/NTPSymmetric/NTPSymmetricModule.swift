// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import ProviderKit

/// The module table of this plugin: what `tompion_module_v1` returns. Lives as long as the process. [any]
public func ntpSymmetricModule() -> UnsafePointer<tompion_module_t> { unsafe module.pointer }

private let schema = [
  SettingSchema("key_files[]", .string, "files with keys: ntpd's, chrony's or our own; which others may not read"),
  // One value may stand without the list's brackets.
  SettingSchema("key_files", .string, "the same for one file"),
  SettingSchema(
    "format", .string, "how the key files are written; auto: found out from each file", default: "auto",
    choices: "auto|ntp|chrony|tompion"),
  SettingSchema("allow_md5", .boolean, "use keys of type MD5, which RFC 8573 deprecates", default: "false"),
  SettingSchema("allow_sha1", .boolean, "use keys of type SHA1", default: "false"),
  SettingSchema(
    "short_digests", .boolean,
    "send digests of at most 20 bytes in version 3, too, as ntpd and NTPsec do; in version 4 they always are",
    default: "false"),
]

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.tompion.ntp-symmetric", name: "ntp-symmetric", vendor: "Tompion", version: "0.1.0",
    description: "symmetric keys for NTP (RFC 5905, RFC 8573): MD5, SHA-1, SHA-2, HMAC and AES-CMAC",
    capabilities: .manyWorkers, receivers: [.timers, .secrets], settings: schema, scheme: "symmetric",
    make: { NTPSymmetricProvider(host: $0) })
])

// The ABI's two functions carry no context, so they name this plugin's own catalogue; the pointers are the host's, passed on.
private let module = unsafe ProviderCatalogue.module(
  descriptor: { unsafe catalogue.descriptor($0) }, open: { unsafe catalogue.open($0, $1) })
