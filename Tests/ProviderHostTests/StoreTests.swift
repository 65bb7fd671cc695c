// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Foundation
import LinuxKernel
import Testing

@testable import ProviderHost

/// store/1 and secrets/1 with files in a folder of the test's own.
@Suite(.serialized) struct StoreTests {
  private func bench(
    _ folder: StreamTests.Folder, name: String = "cookies", value: String = "",
    more: [String: ProviderSetting.Value] = [:]
  ) throws -> CapabilityBench {
    let store = ProviderStore(directory: StoreDirectory(path: folder.file("providers/store")))
    store.load()
    let settings = more.merging(["name": .string(name), "value": .string(value)]) { given, _ in given }
    return try CapabilityBench("store", settings: settings, store: store)
  }

  @Test func aValueIsThereAtOnceAndAfterARestart() throws {
    let folder = try StreamTests.Folder()
    let bench = try bench(folder, value: "0123456789")
    bench.order(100)
    bench.order(101)
    bench.order(100)
    // Eight bytes fit; the ninth is untouched, and the whole length is told.
    #expect(bench.take() == ["value 0 " + String(repeating: "ee", count: 9), "put 0", "value 10 3031323334353637ee"])
    let file = folder.file("providers/store/cookies")
    #expect(!FileManager.default.fileExists(atPath: file), "putting writes no file")
    #expect(bench.backend.keptStore.isDirty)
    try bench.backend.keptStore.flush()
    #expect(!bench.backend.keptStore.isDirty)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "0123456789")
    #expect(SmallFile.attributes(file)?.mode == 0o100600)
    #expect(SmallFile.attributes(folder.file("providers/store"))?.mode == 0o40700)
    let again = try self.bench(folder)
    again.order(100)
    #expect(again.take() == ["value 10 3031323334353637ee"])
    again.order(102)
    again.order(100)
    #expect(again.take().last?.hasPrefix("value 0 ") == true)
    try again.backend.keptStore.flush()
    #expect(!FileManager.default.fileExists(atPath: file), "forgotten on the disk, too")
  }

  @Test(arguments: ["", ".hidden", "../escape", "a/b", "UPPER", "a b", "ü", String(repeating: "n", count: 65)])
  func namesThatMayNotBeAreRefused(name: String) throws {
    let folder = try StreamTests.Folder()
    let bench = try bench(folder, name: name, value: "x")
    bench.order(101)
    bench.order(100)
    #expect(bench.take() == ["put \(TOMPION_INVALID)", "value 0 " + String(repeating: "ee", count: 9)])
    try bench.backend.keptStore.flush()
    #expect(!FileManager.default.fileExists(atPath: folder.file("providers")))
  }

  @Test func limitsHold() throws {
    let folder = try StreamTests.Folder()
    let bench = try bench(folder)
    bench.order(103, Int64(TOMPION_STORE_VALUE_LIMIT))
    bench.order(103, Int64(TOMPION_STORE_VALUE_LIMIT) + 1)
    bench.order(104, 70)
    #expect(bench.take() == ["put 0", "put \(TOMPION_INVALID)", "kept 63 \(TOMPION_NO_MEMORY)"])
    let store = ProviderStore()
    let large = [UInt8](repeating: 7, count: ProviderStore.valueLimit)
    func put(_ name: String, _ bytes: [UInt8]) -> tompion_status {
      Array(name.utf8).withUnsafeBufferPointer { name in
        bytes.withUnsafeBytes { store.put(name, $0, isSecret: false) }
      }
    }
    for index in 0..<16 { #expect(put("v\(index)", large) == TOMPION_OK) }
    #expect(put("v16", [1]) == TOMPION_NO_MEMORY, "a megabyte in all")
    #expect(put("v3", [1]) == TOMPION_OK)
    #expect(put("v16", [1]) == TOMPION_OK)
  }

  @Test func strangeFilesAreNotLoaded() throws {
    let folder = try StreamTests.Folder()
    let directory = folder.file("providers/store")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    func write(_ name: String, _ count: Int, mode: mode_t = 0o600) throws {
      try Data(count: count).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
      chmod("\(directory)/\(name)", mode)
    }
    try write("good", 5)
    try write("long", ProviderStore.valueLimit + 1)
    try write("open", 5, mode: 0o666)
    try write("Not-a-name", 5)
    try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: "/etc/passwd")
    #expect(mkfifo("\(directory)/pipe", 0o600) == 0)
    let found = StoreDirectory(path: directory).load(count: 64, limit: ProviderStore.valueLimit)
    #expect(found.values.map(\.name) == ["good"])
    #expect(found.passedOver.map(\.name) == ["link", "long", "open", "pipe"])
    let limit = ProviderStore.valueLimit
    #expect(
      found.passedOver.map(\.reason) == [
        "it is a symbolic link", "it is longer than \(limit) bytes", "others may write it", "it is no plain file",
      ])
    let one = StoreDirectory(path: directory).load(count: 0, limit: limit)
    #expect(one.values.isEmpty && one.passedOver.first?.reason == "there are 0 values already")
  }

  /// Whoever wonders why something is learned anew reads it in the log.
  @Test func whatIsPassedOverIsSaid() throws {
    let folder = try StreamTests.Folder()
    let directory = folder.file("providers/store")
    let store = { ProviderStore(directory: StoreDirectory(path: directory)) }
    #expect(store().load() == nil, "nothing was kept")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    func write(_ name: String, _ count: Int) throws {
      try Data(count: count).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
    try write("rtc", 5)
    #expect(store().load() == nil)
    try FileManager.default.createDirectory(atPath: "\(directory)/folder", withIntermediateDirectories: true)
    #expect(store().load() == "of what was kept in \(directory), this is not used: folder (it is no plain file)")
    for index in 0..<5 { try write("v\(index)", 0) }
    #expect(store().load()?.hasSuffix("v1 (it is empty), v2 (it is empty) and 2 more") == true)
    for index in 0..<17 { try write("v\(index)", ProviderStore.valueLimit) }
    #expect(store().load()?.contains("v9 (all values are longer than \(ProviderStore.totalLimit) bytes)") == true)
  }

  @Test func whatCannotBeWrittenStaysToBeWritten() throws {
    let folder = try StreamTests.Folder()
    try Data().write(to: URL(fileURLWithPath: folder.file("providers")))
    let bench = try bench(folder, value: "x")
    bench.order(101)
    #expect(throws: KernelError.self) { try bench.backend.keptStore.flush() }
    #expect(bench.backend.keptStore.isDirty)
    try FileManager.default.removeItem(atPath: folder.file("providers"))
    try bench.backend.keptStore.flush()
    #expect(!bench.backend.keptStore.isDirty)
  }

  // MARK: secrets

  private func secret(
    _ folder: StreamTests.Folder, mode: mode_t, _ text: String = "key"
  ) throws -> CapabilityBench {
    let path = folder.file("keys")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, mode)
    let bench = try self.bench(folder, more: ["setting": .string("key_file"), "key_file": .string(path)])
    try bench.start()
    return bench
  }

  @Test func aSecretIsReadThroughItsSettingAndWiped() throws {
    let folder = try StreamTests.Folder()
    let bench = try secret(folder, mode: 0o600)
    bench.order(105)
    #expect(bench.take().last == "secret 6b6579")
    #expect(bench.backend.secrets.count == 1)
    bench.order(106)
    #expect(bench.backend.secrets.isEmpty)
    bench.order(105)
    bench.instance.close()
    #expect(bench.backend.secrets.isEmpty, "closing wipes what was left")
  }

  @Test(arguments: [0o604, 0o606, 0o620, 0o602, 0o644] as [mode_t])
  func aFileThatOthersMayReadOrWriteIsRefusedWithAReason(mode: mode_t) throws {
    let folder = try StreamTests.Folder()
    let bench = try secret(folder, mode: mode)
    bench.order(105)
    let said = bench.take()
    #expect(said.last == "secret \(TOMPION_PERMISSION)")
    #expect(said.contains { $0.contains("mode 0\(String(mode, radix: 8))") && $0.contains("chmod 600") }, "\(said)")
    #expect(!said.contains { $0.contains("6b6579") })
    bench.order(107)
    #expect(bench.take().last == (mode & 0o022 == 0 ? "secret 6b6579" : "secret \(TOMPION_PERMISSION)"))
  }

  @Test func onlySettingsNameSecrets() throws {
    let folder = try StreamTests.Folder()
    let bench = try bench(folder, more: ["setting": .string("/etc/shadow")])
    bench.order(105)
    #expect(bench.take() == ["secret \(TOMPION_NOT_FOUND)"])
    let missing = try self.bench(folder, more: ["setting": .string("k"), "k": .string(folder.file("none"))])
    missing.order(105)
    #expect(missing.take().last == "secret \(TOMPION_NOT_FOUND)")
    let folderAsKey = try self.bench(folder, more: ["setting": .string("k"), "k": .string(folder.path)])
    folderAsKey.order(105)
    #expect(folderAsKey.take().last == "secret \(TOMPION_ERROR)")
    try Data(count: (1 << 20) + 1).write(to: URL(fileURLWithPath: folder.file("long")))
    chmod(folder.file("long"), 0o600)
    let long = try self.bench(folder, more: ["setting": .string("k"), "k": .string(folder.file("long"))])
    long.order(105)
    #expect(long.take().last == "secret \(TOMPION_NO_MEMORY)")
  }

  @Test func aNewKeyIsToldAndTheOldOneReleased() throws {
    let folder = try StreamTests.Folder()
    let bench = try secret(folder, mode: 0o600)
    bench.backend.secretInterval = .milliseconds(5)
    bench.order(105)
    try bench.turn(4, milliseconds: 5)
    #expect(!bench.take().contains { $0.hasPrefix("changed") })
    try SmallFile.replace(folder.file("keys"), with: Array("new".utf8), mode: 0o600)
    #expect(try bench.hears("changed key_file 0 6e6577"))
    try bench.turn(4, milliseconds: 5)
    #expect(bench.take().filter { $0.hasPrefix("changed") }.count == 1, "told once")
    #expect(bench.backend.secrets.count == 1, "the old one is gone")
  }

  @Test func rightsThatWereMendedAreNews() throws {
    let folder = try StreamTests.Folder()
    let bench = try secret(folder, mode: 0o600)
    bench.backend.secretInterval = .milliseconds(5)
    bench.order(105)
    try SmallFile.replace(folder.file("keys"), with: Array("new".utf8), mode: 0o644)
    #expect(try bench.hears("changed key_file \(TOMPION_PERMISSION) "))
    chmod(folder.file("keys"), 0o600)
    #expect(try bench.hears("changed key_file 0 6e6577"), "nothing but its mode is another one")
  }

  /// What was read stays in use; people hear of it, in the log and in the provider's status, and of its return.
  @Test func aFileThatIsGoneIsSaidToBe() throws {
    let folder = try StreamTests.Folder()
    let bench = try secret(folder, mode: 0o600)
    let path = folder.file("keys")
    func absent() -> [String] { bench.instance.outbox.absentFiles.withLock { $0 } }
    bench.backend.secretInterval = .milliseconds(5)
    bench.order(105)
    try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
    #expect(try bench.hears { $0.contains("key_file: the file \(path) is gone: what was read from it stays in use") })
    #expect(absent() == [path] && bench.backend.secrets.count == 1)
    _ = bench.take()
    try bench.turn(4, milliseconds: 5)
    #expect(bench.take().isEmpty, "said once")
    // The very same file, so that nothing of it is another one.
    try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
    #expect(try bench.hears("changed key_file 0 6b6579"))
    #expect(absent().isEmpty)
    bench.order(106)
  }

  /// What could not be read is asked for again, and what is held is looked at, without waiting for the next look.
  @Test func keysAreReadAgainOnRequest() throws {
    let folder = try StreamTests.Folder()
    let bench = try secret(folder, mode: 0o644)
    bench.backend.secretInterval = .seconds(3600)
    bench.order(105)
    _ = bench.take()
    chmod(folder.file("keys"), 0o600)
    #expect(bench.instance.post(ProviderInstance.readKeysVerb))
    bench.instance.deliverCommands()
    #expect(try bench.hears("changed key_file 0 6b6579"))
    _ = bench.take()
    try SmallFile.replace(folder.file("keys"), with: Array("new".utf8), mode: 0o600)
    bench.backend.rereadSecrets()
    #expect(try bench.hears("changed key_file 0 6e6577"))
    _ = bench.take()
    bench.backend.rereadSecrets()
    bench.listen()
    #expect(bench.take().isEmpty, "nothing is another one")
  }

  /// It was readable, and is not any more: one look at it on request tells that once.
  @Test func whatCannotBeReadAnyMoreIsSaidOnceForARequest() throws {
    let folder = try StreamTests.Folder()
    let bench = try secret(folder, mode: 0o600)
    bench.backend.secretInterval = .seconds(3600)
    bench.order(105)
    _ = bench.take()
    try SmallFile.replace(folder.file("keys"), with: Array("new".utf8), mode: 0o644)
    bench.backend.rereadSecrets()
    bench.listen()
    let said = bench.take()
    #expect(said.count { $0.contains("chmod 600") } == 1, "\(said)")
    // And once more on each later request, as it is asked for.
    bench.backend.rereadSecrets()
    bench.listen()
    #expect(bench.take().count { $0.contains("chmod 600") } == 1)
  }
}
