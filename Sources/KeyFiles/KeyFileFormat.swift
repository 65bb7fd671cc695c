// SPDX-License-Identifier: Apache-2.0

/// How a key file is written.
package enum KeyFileFormat: String, Sendable, CaseIterable {
  /// Found out by `KeyFile.read`; a file that was read never has it.
  case auto
  /// ntpd's and NTPsec's: `id type key [addresses]`, "#" comments to the end of the line; a key of up to 20 characters is taken as it
  /// is, a longer one is hexadecimal, of which ntpd takes 32 bytes (ntp.keys(5)).
  case ntp
  /// chrony's: `id [type] key`, lines that begin with "!", ";", "#" or "%" are comments; the key has "HEX:" or "ASCII:" before it, or
  /// is taken as it is (chrony.conf(5), "keyfile").
  case chrony
  /// Our own: the first line is `# tompion keys 1`; then `id algorithm hex:… [expires=2027-06-30] [addresses=192.0.2.0/24,2001:db8::/32]`.
  case tompion
}
