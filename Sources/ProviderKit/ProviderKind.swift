// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// One kind of provider that a plugin offers: its descriptor, its settings and how one is made.
@safe
public struct ProviderKind: @unchecked Sendable {
  public struct Capabilities: OptionSet, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Yields samples.
    public static let input = Capabilities(rawValue: 1 << 0)
    /// Serves time.
    public static let output = Capabilities(rawValue: 1 << 1)
    /// `receive` may run on several workers at once.
    public static let manyWorkers = Capabilities(rawValue: 1 << 3)
  }

  /// What the provider has to do with, so that the host finds the receivers it needs.
  public struct Receivers: OptionSet, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let packets = Receivers(rawValue: 1 << 0)
    public static let timers = Receivers(rawValue: 1 << 1)
    public static let names = Receivers(rawValue: 1 << 2)
    public static let streams = Receivers(rawValue: 1 << 3)
    public static let devices = Receivers(rawValue: 1 << 4)
    public static let secrets = Receivers(rawValue: 1 << 5)
    /// Proves its packets by other providers' schemes.
    public static let associations = Receivers(rawValue: 1 << 6)
  }

  let descriptor: UnsafePointer<tompion_descriptor_t>
  let schema: UnsafePointer<tompion_settings_schema_t>
  /// Of those that offer a scheme.
  let authenticator: UnsafePointer<tompion_authenticator_t>?
  let receivers: Receivers
  let make: @Sendable (Host) -> Provider?

  /// - Parameters:
  ///   - id: reverse-URI, "org.tompion.ntp-client".
  ///   - name: for people, and the name in the configuration.
  ///   - scheme: what it authenticates packets by, "symmetric"; at most 32 bytes, and `make` makes an `Authenticator`.
  ///   - make: makes a provider for a host, nil = refuses.
  public init(
    id: StaticString, name: StaticString, vendor: StaticString, version: StaticString, description: StaticString,
    capabilities: Capabilities, receivers: Receivers, settings: [SettingSchema] = [],
    scheme: StaticString = "",
    make: @escaping @Sendable (Host) -> Provider?
  ) {
    // Sound: allocated once for the life of the process, as the ABI asks of descriptors and schemas, and only read afterwards.
    let descriptor = UnsafeMutablePointer<tompion_descriptor_t>.allocate(capacity: 1)
    unsafe descriptor.initialize(
      to: tompion_descriptor_t(
        size: UInt32(MemoryLayout<tompion_descriptor_t>.size), capabilities: capabilities.rawValue, id: id.cString,
        name: name.cString, vendor: vendor.cString, version: version.cString, description: description.cString))
    let entries = UnsafeMutablePointer<tompion_setting_schema_t>.allocate(capacity: max(1, settings.count))
    for (index, setting) in settings.enumerated() {
      unsafe (entries + index).initialize(
        to: tompion_setting_schema_t(
          size: UInt32(MemoryLayout<tompion_setting_schema_t>.size), type: setting.kind.rawValue,
          path: setting.path.cString, description: setting.description.cString,
          default_text: setting.defaultText.cString, minimum: setting.range?.lowerBound ?? 1,
          maximum: setting.range?.upperBound ?? 0, choices: setting.choices.cString,
          required: setting.required ? 1 : 0, reserved: 0))
    }
    let schema = UnsafeMutablePointer<tompion_settings_schema_t>.allocate(capacity: 1)
    unsafe schema.initialize(
      to: tompion_settings_schema_t(
        size: UInt32(MemoryLayout<tompion_settings_schema_t>.size), count: UInt32(settings.count),
        entries: UnsafePointer(entries)))
    unsafe self.descriptor = UnsafePointer(descriptor)
    unsafe self.schema = UnsafePointer(schema)
    unsafe authenticator = scheme.utf8CodeUnitCount > 0 ? AuthenticatorTable.make(scheme: scheme) : nil
    self.receivers = receivers
    self.make = make
  }
}
