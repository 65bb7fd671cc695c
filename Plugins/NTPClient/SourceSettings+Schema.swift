// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

extension SourceSettings {
  /// Every key of a [[source]], for the host's check of the configuration.
  package static let schema: [SettingSchema] = [
    SettingSchema("source[].address", .string, "name or numeric address of the server", required: true),
    SettingSchema("source[].port", .integer, "UDP port of the server", default: "123", range: 1...65535),
    SettingSchema("source[].family", .string, "address family to use", default: "any", choices: "any|ipv4|ipv6"),
    SettingSchema("source[].version", .integer, "NTP version of requests", default: "4", range: 3...4),
    SettingSchema(
      "source[].iburst", .boolean, "up to 16 replies in 156 s of a server that was not heard for an hour",
      default: "true"),
    SettingSchema("source[].burst", .boolean, "a burst of requests at each poll of 32 s or longer", default: "false"),
    SettingSchema("source[].min_poll", .integer, "shortest poll interval, log2 s", default: "6", range: 0...17),
    SettingSchema("source[].max_poll", .integer, "longest poll interval, log2 s", default: "10", range: 0...17),
    SettingSchema("source[].prefer", .boolean, "chosen before others that are as right", default: "false"),
    SettingSchema("source[].noselect", .boolean, "measured and shown, never followed", default: "false"),
    SettingSchema("source[].trust", .boolean, "assumed to be right where sources disagree", default: "false"),
    SettingSchema("source[].require", .boolean, "nothing is followed without it", default: "false"),
    SettingSchema(
      "source[].reliable", .boolean, "its time is taken although it calls itself unsynchronized", default: "false"),
    SettingSchema(
      "source[].smears", .boolean, "spreads leap seconds over hours; never mixed with sources that do not",
      default: "false"),
    SettingSchema(
      "source[].interleaved", .boolean, "ask for interleaved mode (RFC 9769), where the server knows it",
      default: "false"),
    SettingSchema(
      "source[].auth", .string,
      "how its replies have to prove themselves: none, key:N (1 to 4294967295), ms-sntp or nts",
      default: "none"),
    SettingSchema("source[].pool", .boolean, "up to four servers from one name", default: "false"),
    SettingSchema(
      "source[].max_delay", .real, "longest round trip that is believed, s", default: "3.0", range: 0.000001...16),
    SettingSchema(
      "source[].retry", .real, "first pause after a server refused service, s; doubles up to six times", default: "900",
      range: 1...86400),
  ]
}
