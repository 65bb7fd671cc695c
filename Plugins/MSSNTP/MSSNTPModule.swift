// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import ProviderKit

/// The module table of this plugin: what `tompion_module_v1` returns. Lives as long as the process. [any]
public func msSNTPModule() -> UnsafePointer<tompion_module_t> { unsafe module.pointer }

private let schema = [
  SettingSchema("domain", .string, "this host's Active Directory domain, as DNS names it; servers in it may be asked"),
  SettingSchema("forest", .string, "the forest's root domain, if it is another one"),
  SettingSchema(
    "trusted[]", .string, "further domains, or addresses, whose domain controllers know this host's account"),
  SettingSchema("trusted", .string, "the same for one"),
  SettingSchema("account", .string, "this host's account (\"HOST$\"); default: the only one in the file"),
  SettingSchema(
    "rid", .integer, "the account's relative id, the last number of its SID; a hash_file has it already",
    range: 1...4_294_967_295),
  SettingSchema("keytab", .string, "the account's key: a Kerberos keytab with an arcfour-hmac (RC4) key"),
  SettingSchema("secrets_tdb", .string, "the account's password: a member's secrets.tdb of Samba"),
  SettingSchema("workgroup", .string, "the domain's short name, where secrets_tdb holds several"),
  SettingSchema(
    "hash_file", .string, "NT hashes of accounts, our own format: this host's, and those that are signed for here"),
  SettingSchema(
    "form", .string, "the form of requests: 120 bytes, 68 bytes, or 120 first and 68 without an answer",
    default: "auto",
    choices: "auto|68|120"),
  SettingSchema("sign", .boolean, "sign replies of this host's NTP server", default: "false"),
  SettingSchema("signd_socket", .string, "Samba's socket, which signs for accounts that hash_file does not have"),
  SettingSchema(
    "signd_timeout", .real, "a reply that Samba has not signed by then is not sent, s", default: "0.5", range: 0.01...5),
  SettingSchema("refuse_68", .boolean, "ignore requests in the 68-byte form", default: "false"),
  SettingSchema(
    "client_rate", .real, "signed replies a second for one IPv4 address or IPv6 /64 in the long run", default: "2.0",
    range: 0.001...100_000),
  SettingSchema("client_burst", .integer, "so many of them at once, after a pause", default: "32", range: 1...10_000),
  SettingSchema("rid_rate", .real, "signed replies a second for one account", default: "0.5", range: 0.001...100_000),
  SettingSchema("rid_burst", .integer, "so many of them at once, after a pause", default: "16", range: 1...10_000),
  SettingSchema(
    "distinct_rids", .integer, "accounts that one client may ask for within an hour", default: "32", range: 1...256),
  SettingSchema(
    "limit_clients", .integer, "clients that are remembered for these limits", default: "4096", range: 64...16_384),
]

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.tompion.ms-sntp", name: "ms-sntp", vendor: "Tompion", version: "0.1.0",
    description: "Microsoft's signed SNTP (MS-SNTP) for NTP client and server", capabilities: [],
    receivers: [.timers, .streams, .secrets], settings: schema, scheme: "ms-sntp", make: { MSSNTPProvider(host: $0) })
])

// The ABI's two functions carry no context, so they name this plugin's own catalogue; the pointers are the host's, passed on.
private let module = unsafe ProviderCatalogue.module(
  descriptor: { unsafe catalogue.descriptor($0) }, open: { unsafe catalogue.open($0, $1) })
