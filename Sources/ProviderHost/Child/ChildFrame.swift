// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel

/// What host and child process say to each other: one message of a SOCK_SEQPACKET socket each, a kind and its fields, little-endian,
/// lengths checked. The host believes none of it: a message that does not parse is counted and dropped.
enum ChildFrame {
  /// Bump when a frame changes: both ends are one release, but a file may be replaced under a running daemon.
  static let version: UInt32 = 3
  /// No frame is longer.
  static let longest = 16384
  /// Paths and setting texts are cut there.
  static let textLimit = 4096
  /// Addresses in the answer of a name.
  static let addressLimit = 64

  /// Host to child.
  enum Order {
    case open(path: String, provider: String, number: UInt16, idsUsed: UInt32)
    case setting(ProviderSetting)
    /// The settings before are complete: init, or after init an update-config.
    case configure
    case start
    case stop
    case command(kind: UInt32, source: UInt32, value: Int64)
    case close
    /// To the question of that number; a descriptor may come with it.
    case answer(number: UInt32, ChildAnswer)
    case resolved(token: UInt64, status: Int32, addresses: [SocketAddress], text: String)
    /// What the provider kept in an earlier life; before `configure`.
    case stored(StoredPart)
  }

  /// Child to host.
  enum Report {
    /// What the provider says it is; with the schema's entries before `opened`.
    case descriptor(ProviderDescriptor)
    case schema(ProviderSchemaEntry)
    /// The module is loaded, the provider opened and its whole schema, of so many entries, told.
    case opened(version: UInt32, entries: UInt32)
    /// A call ended: 1 configure, 2 start, 3 stop.
    case result(call: UInt32, status: Int32)
    case refusal(index: UInt32, text: String)
    case failed(text: String)
    case sourceAdded(UInt32, tompion_source_info_t)
    case sourceChanged(UInt32, tompion_source_info_t)
    case sourceRemoved(UInt32)
    case log(level: UInt32, text: String)
    case event(number: UInt32, source: UInt32, text: String)
    case misbehaved(kind: UInt32, count: UInt64)
    case ask(number: UInt32, ChildQuestion)
    /// Look a name up; `resolved` answers with the token.
    case resolve(name: String, family: UInt8, token: UInt64)
    /// What the provider wants kept.
    case keep(StoredPart)
  }

  static func encode(_ order: Order) -> [UInt8] {
    var out = FrameWriter()
    switch order {
    case .open(let path, let provider, let number, let idsUsed):
      out.put(1 as UInt32, version, UInt32(number), idsUsed)
      out.put(path)
      out.put(provider)
    case .setting(let setting):
      out.put(2 as UInt32, setting.line, setting.column)
      switch setting.value {
      case .string(let text):
        out.put(1 as UInt32)
        out.put(text)
      case .integer(let value):
        out.put(2 as UInt32)
        out.put(UInt64(bitPattern: value))
      case .real(let value):
        out.put(3 as UInt32)
        out.put(value.bitPattern)
      case .boolean(let value): out.put(4 as UInt32, value ? 1 : 0)
      }
      out.put(setting.path)
    case .configure: out.put(3 as UInt32)
    case .start: out.put(4 as UInt32)
    case .stop: out.put(5 as UInt32)
    case .command(let kind, let source, let value):
      out.put(6 as UInt32, kind, source)
      out.put(UInt64(bitPattern: value))
    case .close: out.put(7 as UInt32)
    case .answer(let number, let answer):
      out.put(8 as UInt32, number)
      answer.write(to: &out)
    case .resolved(let token, let status, let addresses, let text):
      out.put(9 as UInt32, UInt32(bitPattern: status), UInt32(min(addresses.count, addressLimit)))
      out.put(token)
      for address in addresses.prefix(addressLimit) { out.put(address) }
      out.put(text)
    case .stored(let part):
      out.put(10 as UInt32)
      part.write(to: &out)
    }
    return out.bytes
  }

  static func order(_ bytes: [UInt8]) -> Order? {
    var input = FrameReader(bytes)
    let result: Order?
    switch input.word() {
    case 1:
      guard input.word() == version, let number = input.word(), number > 0, number < 1024, let used = input.word(),
        let path = input.text(), let provider = input.text()
      else { return nil }
      result = .open(path: path, provider: provider, number: UInt16(number), idsUsed: used)
    case 2:
      guard let line = input.word(), let column = input.word(), let value = value(&input), let path = input.text()
      else {
        return nil
      }
      result = .setting(ProviderSetting(path: path, value: value, line: line, column: column))
    case 3: result = .configure
    case 4: result = .start
    case 5: result = .stop
    case 6:
      guard let kind = input.word(), let source = input.word(), let value = input.long() else { return nil }
      result = .command(kind: kind, source: source, value: Int64(bitPattern: value))
    case 7: result = .close
    case 8:
      guard let number = input.word(), let answer = ChildAnswer.read(&input) else { return nil }
      result = .answer(number: number, answer)
    case 9:
      guard let status = input.word(), let count = input.word(), Int(count) <= addressLimit, let token = input.long()
      else { return nil }
      var addresses: [SocketAddress] = []
      for _ in 0..<count {
        guard let address = input.address() else { return nil }
        addresses.append(address)
      }
      guard let text = input.text() else { return nil }
      result = .resolved(token: token, status: Int32(bitPattern: status), addresses: addresses, text: text)
    case 10: result = StoredPart.read(&input).map { .stored($0) }
    default: return nil
    }
    return input.isAtEnd ? result : nil
  }

  private static func value(_ input: inout FrameReader) -> ProviderSetting.Value? {
    switch input.word() {
    case 1: input.text().map { .string($0) }
    case 2: input.long().map { .integer(Int64(bitPattern: $0)) }
    case 3: input.long().map { .real(Double(bitPattern: $0)) }
    case 4: input.word().map { .boolean($0 == 1) }
    default: nil
    }
  }

  static func encode(_ report: Report) -> [UInt8] {
    var out = FrameWriter()
    switch report {
    case .opened(let version, let entries): out.put(1 as UInt32, version, entries)
    case .result(let call, let status): out.put(2 as UInt32, call, UInt32(bitPattern: status))
    case .refusal(let index, let text):
      out.put(3 as UInt32, index)
      out.put(text)
    case .failed(let text):
      out.put(4 as UInt32)
      out.put(text)
    case .sourceAdded(let id, let info):
      out.put(5 as UInt32, id)
      out.put(info)
    case .sourceChanged(let id, let info):
      out.put(6 as UInt32, id)
      out.put(info)
    case .sourceRemoved(let id): out.put(7 as UInt32, id)
    case .log(let level, let text):
      out.put(8 as UInt32, level)
      out.put(text)
    case .event(let number, let source, let text):
      out.put(9 as UInt32, number, source)
      out.put(text)
    case .misbehaved(let kind, let count):
      out.put(11 as UInt32, kind)
      out.put(count)
    case .descriptor(let descriptor):
      out.put(12 as UInt32)
      out.put(descriptor)
    case .schema(let entry):
      out.put(13 as UInt32)
      out.put(entry)
    case .ask(let number, let question):
      out.put(14 as UInt32, number)
      question.write(to: &out)
    case .resolve(let name, let family, let token):
      out.put(15 as UInt32, UInt32(family))
      out.put(token)
      out.put(name)
    case .keep(let part):
      out.put(16 as UInt32)
      part.write(to: &out)
    }
    return out.bytes
  }

  static func report(_ bytes: [UInt8]) -> Report? {
    var input = FrameReader(bytes)
    let result: Report?
    switch input.word() {
    case 1:
      guard let version = input.word(), let entries = input.word() else { return nil }
      result = .opened(version: version, entries: entries)
    case 2:
      guard let call = input.word(), let status = input.word() else { return nil }
      result = .result(call: call, status: Int32(bitPattern: status))
    case 3:
      guard let index = input.word(), let text = input.text() else { return nil }
      result = .refusal(index: index, text: text)
    case 4: result = input.text().map { .failed(text: $0) }
    case 5:
      guard let id = input.word(), let info = input.info() else { return nil }
      result = .sourceAdded(id, info)
    case 6:
      guard let id = input.word(), let info = input.info() else { return nil }
      result = .sourceChanged(id, info)
    case 7: result = input.word().map { .sourceRemoved($0) }
    case 8:
      guard let level = input.word(), let text = input.text() else { return nil }
      result = .log(level: level, text: text)
    case 9:
      guard let number = input.word(), let source = input.word(), let text = input.text() else { return nil }
      result = .event(number: number, source: source, text: text)
    case 11:
      guard let kind = input.word(), let count = input.long() else { return nil }
      result = .misbehaved(kind: kind, count: count)
    case 12: result = input.descriptor().map { .descriptor($0) }
    case 13: result = input.schemaEntry().map { .schema($0) }
    case 14:
      guard let number = input.word(), let question = ChildQuestion.read(&input) else { return nil }
      result = .ask(number: number, question)
    case 15:
      guard let family = input.word(), family <= 6, let token = input.long(), let name = input.text() else {
        return nil
      }
      result = .resolve(name: name, family: UInt8(family), token: token)
    case 16: result = StoredPart.read(&input).map { .keep($0) }
    default: return nil
    }
    return input.isAtEnd ? result : nil
  }
}
