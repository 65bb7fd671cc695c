// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProviderHost
import TestSupport
import Testing

@Suite struct ProviderModuleTests {
  @Test func exampleLoads() throws {
    let module = try ProviderModule.load(path: try CompiledPlugin.example())
    #expect(module.descriptors.map(\.name) == ["example"])
    #expect(module.descriptors.first?.id == "org.tompion.example")
  }

  @Test func whatIsNoModuleIsToldBeforeItIsOpened() throws {
    let folder = try TemporaryDirectory()
    try folder.write("good.so", "x")
    try folder.write("open.so", "x")
    chmod(folder.file("good.so"), 0o755)
    chmod(folder.file("open.so"), 0o777)
    // Whoever opened it would wait for a writer.
    #expect(mkfifo(folder.file("pipe.so"), 0o600) == 0)
    try folder.link("link.so", to: folder.file("pipe.so"))
    #expect(ProviderModule.complaint(of: folder.file("good.so")) == nil)
    #expect(ProviderModule.complaint(of: folder.file("none.so"))?.contains("no such file") == true)
    for name in ["pipe.so", "link.so", "."] {
      #expect(ProviderModule.complaint(of: folder.file(name)) == "it is no plain file", "\(name)")
    }
    #expect(ProviderModule.complaint(of: "/dev/zero") == "it is no plain file")
    #expect(ProviderModule.complaint(of: folder.file("open.so"))?.contains("chmod o-w") == true)
  }

  static let broken: [(name: String, flags: [String], says: [String])] = [
    ("missing-symbol", ["-DSYMBOL=other_name"], ["exports no tompion_module_v1"]),
    ("null-module", ["-DMODULE=NULL"], ["tompion_module_v1 returned NULL"]),
    ("wrong-major", ["-DMAJOR=2"], ["ABI major 2", "speaks 1"]),
    ("short-module", ["-DMODULE_SIZE=24"], ["module.size is 24"]),
    ("tiny-module", ["-DMODULE_SIZE=4"], ["module.size is 4"]),
    ("short-descriptor", ["-DDESCRIPTOR_SIZE=16"], ["descriptor 0.size is 16"]),
    ("null-descriptor", ["-DDESCRIPTOR=NULL"], ["descriptor 0 is NULL"]),
    ("null-name", ["-DNAME=NULL"], ["descriptor 0.name is NULL"]),
    ("no-descriptors", ["-DCOUNT=0"], ["descriptor_count is 0", "1 to 64"]),
    ("many-descriptors", ["-DCOUNT=65"], ["descriptor_count is 65"]),
    ("null-open", ["-DOPEN=NULL"], ["module.open is NULL"]),
  ]

  /// Each names the file and the one thing that is wrong.
  @Test(arguments: broken.indices) func brokenModuleIsRefused(_ index: Int) throws {
    let item = Self.broken[index]
    let path = try CompiledPlugin.build(item.name, source: CompiledPlugin.template, flags: item.flags)
    do {
      _ = try ProviderModule.load(path: path)
      Issue.record("\(item.name) was loaded")
    } catch {
      #expect(error.description.contains(path))
      for words in item.says { #expect(error.description.contains(words)) }
    }
  }

  static let refusedAtOpen: [(name: String, flags: [String], says: String)] = [
    ("open-refuses", ["-DOPENED=NULL"], "open returned NULL"),
    ("short-provider", ["-DPROVIDER_SIZE=32"], "provider.size is 32"),
    ("null-start", ["-DSTART=NULL"], "provider.start is NULL"),
  ]

  @Test(arguments: refusedAtOpen.indices) func brokenProviderIsRefused(_ index: Int) throws {
    let item = Self.refusedAtOpen[index]
    let path = try CompiledPlugin.build(item.name, source: CompiledPlugin.template, flags: item.flags)
    let module = try ProviderModule.load(path: path)
    do {
      _ = try ProviderInstance(
        module: module, provider: "broken", backend: TestBackend(), outbox: ProviderOutbox(number: 1))
      Issue.record("\(item.name) was opened")
    } catch {
      #expect(error.description.contains(path))
      #expect(error.description.contains(item.says))
    }
  }

  @Test func missingFileAndUnknownNameAreNamed() throws {
    do {
      _ = try ProviderModule.load(path: "/nonexistent/libx.so")
      Issue.record("loaded")
    } catch {
      #expect(error.description.contains("/nonexistent/libx.so"))
      #expect(error.description.contains("cannot be loaded"))
    }
    let module = try ProviderModule.load(path: try CompiledPlugin.example())
    #expect(throws: ProviderError(module: module.path, .unknownProvider("exmaple", available: ["example"]))) {
      try module.descriptor("exmaple")
    }
  }
}
