// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TimeTypes

extension ProviderInstance {
  /// The table that the host calls. The instance lives until close; the table stays for a while (`ClosedTables`), so that a call
  /// after close finds a closed provider and not freed memory.
  func makeTable() -> UnsafePointer<tompion_provider_t> {
    // Sound: the table is initialised once; provider_data owns one reference to the instance until close takes it.
    let table = UnsafeMutablePointer<tompion_provider_t>.allocate(capacity: 1)
    unsafe table.initialize(
      to: tompion_provider_t(
        size: UInt32(MemoryLayout<tompion_provider_t>.size), reserved: 0,
        provider_data: Unmanaged.passRetained(self).toOpaque(), descriptor: kind.descriptor,
        init: { unsafe (ProviderInstance.of($0)?.initialize() ?? .wrongState).rawValue },
        start: { unsafe (ProviderInstance.of($0)?.start() ?? .wrongState).rawValue },
        stop: { unsafe ProviderInstance.of($0)?.stop() },
        close: { unsafe ProviderInstance.close($0) },
        command: { unsafe ProviderInstance.command($0, $1) },
        poll: { unsafe ProviderInstance.poll($0, $1) },
        get_extension: { unsafe ProviderInstance.getExtension($0, $1) }))
    return unsafe UnsafePointer(table)
  }

  /// The instance behind a table; nil after close.
  static func of(_ table: UnsafePointer<tompion_provider_t>?) -> ProviderInstance? {
    // Sound: provider_data is the reference made by makeTable until close sets it to NULL.
    guard let table = unsafe table, let data = unsafe table.pointee.provider_data else { return nil }
    return unsafe Unmanaged<ProviderInstance>.fromOpaque(data).takeUnretainedValue()
  }

  private static func close(_ table: UnsafePointer<tompion_provider_t>?) {
    guard let table = unsafe table, let instance = unsafe of(table) else { return }
    instance.close()
    // Sound: the table was allocated mutable by makeTable; the reference it owned is released exactly once.
    let mutable = unsafe UnsafeMutablePointer(mutating: table)
    unsafe mutable.pointee.provider_data = nil
    unsafe Unmanaged.passUnretained(instance).release()
    unsafe ClosedTables.shared.keep(mutable)
  }

  private static func command(
    _ table: UnsafePointer<tompion_provider_t>?, _ command: UnsafePointer<tompion_command_t>?
  ) -> tompion_status {
    guard let instance = unsafe of(table) else { return Status.wrongState.rawValue }
    // Sound: the command is borrowed for the call; a shorter struct than ours is refused.
    guard let command = unsafe command, unsafe command.pointee.size >= MemoryLayout<tompion_command_t>.size else {
      return Status.invalid.rawValue
    }
    let value = unsafe Command(
      Command.Kind(rawValue: command.pointee.kind), source: command.pointee.source, value: command.pointee.value)
    return instance.command(value).rawValue
  }

  private static func poll(_ table: UnsafePointer<tompion_provider_t>?, _ now: Int64) {
    guard let instance = unsafe of(table), instance.enter() else { return }
    instance.provider.poll(now: RawInstant(nanoseconds: now))
    instance.leave()
  }

  private static func getExtension(
    _ table: UnsafePointer<tompion_provider_t>?, _ id: UnsafePointer<CChar>?
  ) -> UnsafeRawPointer? {
    guard let instance = unsafe of(table), let id = unsafe id else { return nil }
    // Sound: the id is a C string borrowed for the call; the tables live as long as the process.
    switch unsafe String(cString: id) {
    case TOMPION_PACKET_IO_ID where instance.kind.receivers.contains(.packets):
      return unsafe UnsafeRawPointer(ReceiverTables.shared.packets)
    case TOMPION_TIMER_ID where instance.kind.receivers.contains(.timers):
      return unsafe UnsafeRawPointer(ReceiverTables.shared.timers)
    case TOMPION_RESOLVE_ID where instance.kind.receivers.contains(.names):
      return unsafe UnsafeRawPointer(ReceiverTables.shared.names)
    case TOMPION_STREAM_ID where instance.kind.receivers.contains(.streams):
      return unsafe UnsafeRawPointer(CapabilityTables.shared.streams)
    case TOMPION_DEVICE_IO_ID where instance.kind.receivers.contains(.devices):
      return unsafe UnsafeRawPointer(CapabilityTables.shared.devices)
    case TOMPION_SECRETS_ID where instance.kind.receivers.contains(.secrets):
      return unsafe UnsafeRawPointer(CapabilityTables.shared.secrets)
    case TOMPION_AUTHENTICATE_ID where instance.kind.receivers.contains(.associations):
      return unsafe UnsafeRawPointer(CapabilityTables.shared.associations)
    case TOMPION_AUTHENTICATOR_ID: return unsafe UnsafeRawPointer(instance.kind.authenticator)
    case TOMPION_SETTINGS_SCHEMA_ID: return unsafe UnsafeRawPointer(instance.kind.schema)
    default: return nil
    }
  }
}
