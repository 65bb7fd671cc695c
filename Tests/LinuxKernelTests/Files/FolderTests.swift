// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct FolderTests {
  private let files = [
    Folder.File("README.md", Array("read me".utf8)), Folder.File("src/deep/lib.rs", Array("fn f() {}".utf8)),
    Folder.File("src/empty", []),
  ]

  @Test func aFolderIsMadeWholeAndReadBack() throws {
    let directory = try TemporaryDirectory()
    try Folder.create("\(directory.path)/new", files)
    let found = try Folder.files("\(directory.path)/new")
    #expect(found.map(\.path) == files.map(\.path))
    #expect(found.map(\.bytes) == files.map(\.bytes))
    // No temporary folder is left beside it.
    #expect(try Folder.names(directory.path) == ["new"])
  }

  @Test func whatIsThereIsLeftAlone() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/there"
    try SmallFile.makeDirectory(path)
    let error = #expect(throws: KernelError.self) { try Folder.create(path, files) }
    #expect(error?.errno == KernelError.exists)
    #expect(try Folder.names(path).isEmpty && Folder.names(directory.path) == ["there"])
  }

  @Test func aFailureLeavesNothing() throws {
    let directory = try TemporaryDirectory()
    // A file cannot be a folder, too: the second one fails when the first is written already.
    let impossible = [Folder.File("a", [1]), Folder.File("a/b", [2])]
    #expect(throws: KernelError.self) { try Folder.create("\(directory.path)/new", impossible) }
    #expect(try Folder.names(directory.path).isEmpty)
  }

  @Test func aMissingFolderIsAnError() {
    let error = #expect(throws: KernelError.self) { try Folder.names("/nowhere/at/all") }
    #expect(error?.errno == KernelError.notFound)
  }
}
