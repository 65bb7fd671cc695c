// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

extension ReceiverSettings {
  /// Every key of a [[source]], for the host's check of the configuration.
  package static let schema: [SettingSchema] = [
    SettingSchema("source[].device", .string, "serial device of the receiver; with gpsd: which of its receivers"),
    SettingSchema(
      "source[].baud", .integer, "speed of the line, bit/s; 0 = as it is", default: "0", range: 0...4_000_000),
    SettingSchema(
      "source[].protocol", .string, "what the receiver speaks on its line", default: "auto", choices: "auto|nmea|ubx"),
    SettingSchema("source[].gpsd", .string, "address:port of gpsd, or the path of its socket"),
    SettingSchema("source[].shm", .integer, "unit of NTP's shared memory", range: 0...255),
    SettingSchema(
      "source[].any_owner", .boolean, "believe shared memory whoever owns it and may write it", default: "false"),
    SettingSchema("source[].sock", .string, "path of the socket to be made for SOCK samples"),
    SettingSchema(
      "source[].delay", .real, "how late a message or pulse is, s", range: -2...2),
    SettingSchema(
      "source[].learn_delay", .boolean, "measure that while the clock follows another source", default: "false"),
    SettingSchema(
      "source[].sentences[]", .string, "NMEA sentences that the time is taken of", choices: "RMC|ZDA|GGA|GLL"),
    SettingSchema(
      "source[].minimum_fix", .string, "the least fix whose time is used", default: "time", choices: "time|2d|3d"),
    SettingSchema("source[].week_pivot", .string, "no date is earlier: YYYY-MM-DD", default: "2026-11-01"),
    SettingSchema(
      "source[].max_jump", .real, "how far a moment may be from what was foretold, s; default: by its own scatter",
      range: 0.000001...86400),
    SettingSchema("source[].feed_sock", .string, "socket that its samples are passed on to (chrony's SOCK)"),
    SettingSchema(
      "source[].feed_shm", .integer, "unit of NTP's shared memory that its samples are written to", range: 0...255),
    SettingSchema("source[].name", .string, "for people, and for lock of pulses; default: where it is"),
    SettingSchema("source[].refid", .string, "reference id, one to four characters", default: "GPS"),
    SettingSchema("source[].prefer", .boolean, "chosen before others that are as right", default: "false"),
    SettingSchema("source[].noselect", .boolean, "measured and shown, never followed", default: "false"),
    SettingSchema("source[].trust", .boolean, "assumed to be right where sources disagree", default: "false"),
    SettingSchema("source[].require", .boolean, "nothing is followed without it", default: "false"),
  ]
}
