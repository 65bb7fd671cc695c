// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// Settings in C's shape, as the plugin sees them; its strings live until the block is replaced.
@safe final class SettingsBlock {
  // Sound: all memory is made in init and freed in deinit; the instance keeps the block while the plugin may look.
  private var strings: [UnsafeMutablePointer<CChar>] = unsafe []
  private(set) var entries: [tompion_setting_t] = unsafe []
  let count: Int

  init(_ settings: [ProviderSetting]) {
    count = settings.count
    unsafe entries.reserveCapacity(settings.count)
    for setting in settings {
      var entry = unsafe tompion_setting_t()
      unsafe entry.size = UInt32(MemoryLayout<tompion_setting_t>.size)
      unsafe entry.path = unsafe copy(setting.path)
      unsafe entry.line = setting.line
      unsafe entry.column = setting.column
      switch setting.value {
      case .string(let text):
        unsafe entry.type = UInt32(TOMPION_SETTING_STRING)
        unsafe entry.string = unsafe copy(text)
      case .integer(let value):
        unsafe entry.type = UInt32(TOMPION_SETTING_INTEGER)
        unsafe entry.integer = value
        unsafe entry.real = Double(value)
      case .real(let value):
        unsafe entry.type = UInt32(TOMPION_SETTING_REAL)
        unsafe entry.real = value
      case .boolean(let value):
        unsafe entry.type = UInt32(TOMPION_SETTING_BOOLEAN)
        unsafe entry.integer = value ? 1 : 0
        unsafe entry.real = value ? 1 : 0
      }
      if unsafe entry.string == nil { unsafe entry.string = unsafe copy("") }
      unsafe entries.append(entry)
    }
  }

  deinit { for index in unsafe strings.indices { unsafe strings[index].deallocate() } }

  private func copy(_ text: String) -> UnsafePointer<CChar> {
    let bytes = Array(text.utf8)
    // A NUL inside would hide the rest from the plugin: it reads up to there.
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for index in 0..<bytes.count { unsafe memory[index] = CChar(bitPattern: bytes[index]) }
    unsafe memory[bytes.count] = 0
    unsafe strings.append(memory)
    return unsafe UnsafePointer(memory)
  }
}
