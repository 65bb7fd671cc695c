// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import ProviderKit

/// The module table of this plugin: what `tompion_module_v1` returns, or what a host that links the server in uses at once.
/// Lives as long as the process. [any]
public func ntpServerModule() -> UnsafePointer<tompion_module_t> { unsafe module.pointer }

private let schema = [
  SettingSchema(
    "listen[]", .string,
    "where to wait for requests: address:port, [address]:port, either with %interface, or an interface",
    default: "0.0.0.0:123, [::]:123"),
  SettingSchema(
    "allow[]", .string, "who is served: prefixes, local-networks, interface:NAME, all; the longest prefix decides"),
  SettingSchema("deny[]", .string, "who is not served, in the same words; stronger than an equally long allow"),
  // One value may stand without the list's brackets.
  SettingSchema("listen", .string, "the same for one address"),
  SettingSchema("allow", .string, "the same for one rule: allow = \"local-networks\""),
  SettingSchema("deny", .string, "the same for one rule"),
  SettingSchema(
    "interleaved", .boolean, "interleaved mode (RFC 9769) for clients that ask for it", default: "true"),
  SettingSchema(
    "interleaved_replies", .integer, "how many replies are remembered for it, 32 bytes each", default: "4096",
    range: 16...1_048_576),
  SettingSchema(
    "serve_ipv4_by_default", .boolean, "serve IPv4 clients that no rule names", default: "false"),
  SettingSchema(
    "serve_ipv6_by_default", .boolean, "serve IPv6 clients that no rule names", default: "false"),
  SettingSchema(
    "workers", .integer, "threads that receive and answer, each with sockets of its own (SO_REUSEPORT)", default: "1",
    range: 1...64),
  SettingSchema(
    "authenticate[]", .string, "schemes by which clients may prove their requests: symmetric, ms-sntp, nts"),
  SettingSchema("authenticate", .string, "the same for one scheme"),
  SettingSchema(
    "unsigned", .string, "who is answered without a proof: all, registered (addresses that a scheme knows), none",
    default: "all"),
  SettingSchema(
    "stale_after", .real, "a request that waited longer for us is not answered, s", default: "1.0", range: 0.001...60),
  SettingSchema(
    "rate_limit", .real, "replies a second for one IPv4 address or IPv6 /64 in the long run; 0 = no limit",
    default: "0", range: 0...100_000),
  SettingSchema("rate_burst", .integer, "so many of them at once, after a pause", default: "16", range: 1...10_000),
  SettingSchema(
    "rate_leak", .integer, "one in so many requests beyond the limit is answered by chance; 0 = none", default: "4",
    range: 0...1_000_000),
  SettingSchema(
    "rate_kiss", .integer, "one in so many of the rest is told so by the kiss RATE; 0 = none", default: "0",
    range: 0...1_000_000),
  SettingSchema(
    "rate_clients", .integer, "how many clients are remembered, 8 bytes each", default: "16384",
    range: 64...1_048_576),
]

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.tompion.ntp-server", name: "ntp-server", vendor: "Tompion", version: "0.1.0",
    description: "Network Time Protocol server (RFC 5905), versions 1 to 4", capabilities: [.output, .manyWorkers],
    receivers: [.packets, .timers, .associations], settings: schema, make: { NTPServerProvider(host: $0) })
])

// The ABI's two functions carry no context, so they name this plugin's own catalogue; the pointers are the host's, passed on.
private let module = unsafe ProviderCatalogue.module(
  descriptor: { unsafe catalogue.descriptor($0) }, open: { unsafe catalogue.open($0, $1) })
