// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct SmallFileTests {
  @Test func replacingIsWholeAndLeavesNothingBehind() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("drift")
    try SmallFile.replace(path, with: Array("first".utf8))
    try SmallFile.replace(path, with: Array("second".utf8), mode: 0o600)
    #expect(try SmallFile.read(path) == Array("second".utf8))
    #expect(SmallFile.attributes(path).map { $0.mode & 0o7777 } == 0o600)
    #expect(directory.names == ["drift"])
  }

  @Test func aLinkInItsPlaceIsReplacedNotFollowed() throws {
    let directory = try TemporaryDirectory()
    try directory.write("precious", "untouched")
    try directory.link("drift", to: directory.file("precious"))
    try SmallFile.replace(directory.file("drift"), with: Array("new".utf8))
    #expect(try SmallFile.read(directory.file("precious")) == Array("untouched".utf8))
    #expect(try SmallFile.read(directory.file("drift")) == Array("new".utf8))
    #expect(SmallFile.attributes(directory.file("drift")).map { $0.mode & S_IFMT } == S_IFREG)
  }

  /// What would fail at the end of a long run fails before it, and nothing is touched.
  @Test func aNewFileNeverTakesAnothersPlace() throws {
    let directory = try TemporaryDirectory()
    try SmallFile.create(directory.file("a"), with: [1, 2], mode: 0o600)
    #expect(try SmallFile.read(directory.file("a")) == [1, 2])
    #expect(SmallFile.attributes(directory.file("a")).map { $0.mode & 0o777 } == 0o600)
    try directory.link("b", to: directory.file("nowhere"))
    for name in ["a", "b"] {
      #expect(throws: KernelError("make the file", errno: KernelError.exists)) {
        try SmallFile.create(directory.file(name), with: [3], mode: 0o600)
      }
    }
    #expect(try SmallFile.read(directory.file("a")) == [1, 2])
    #expect(directory.names == ["a", "b"])
  }

  @Test func replacementsAreTriedBeforehand() throws {
    let directory = try TemporaryDirectory()
    try directory.write("kept", "as it was")
    try SmallFile.checkReplacement(of: directory.file("kept"))
    try SmallFile.checkReplacement(of: directory.file("new"))
    #expect(try SmallFile.read(directory.file("kept")) == Array("as it was".utf8))
    #expect(directory.names == ["kept"])
    let wrong: [(path: String, errno: Int32)] = [
      (directory.path, EISDIR), (directory.file("missing/new"), ENOENT), (directory.file("kept/new"), ENOTDIR),
      ("/dev/null", EINVAL), (directory.file(""), EINVAL),
    ]
    for (path, errno) in wrong {
      let error = #expect(throws: KernelError.self) { try SmallFile.checkReplacement(of: path) }
      #expect(error?.errno == errno, "\(path)")
    }
  }

  @Test func overwritingRefusesALinkAndADevice() throws {
    let directory = try TemporaryDirectory()
    try directory.write("precious", "untouched")
    try directory.link("drift", to: directory.file("precious"))
    let error = #expect(throws: KernelError.self) { try SmallFile.overwrite(directory.file("drift"), with: [1]) }
    #expect(error?.errno == ELOOP)
    #expect(error?.description.contains("symbolic link") == true)
    #expect(try SmallFile.read(directory.file("precious")) == Array("untouched".utf8))
    #expect(throws: KernelError.self) { try SmallFile.overwrite("/dev/null", with: [1]) }
    try SmallFile.overwrite(directory.file("plain"), with: Array("long text".utf8))
    try SmallFile.overwrite(directory.file("plain"), with: Array("short".utf8))
    #expect(try SmallFile.read(directory.file("plain")) == Array("short".utf8))
  }

  @Test func aLockFilesPlaceIsNotFollowedEither() throws {
    let directory = try TemporaryDirectory()
    try directory.write("precious", "untouched")
    try directory.link("tompiond.lock", to: directory.file("precious"))
    #expect(throws: KernelError.self) { _ = try LockFile(directory.file("tompiond.lock")) }
    #expect(try SmallFile.read(directory.file("precious")) == Array("untouched".utf8))
  }

  @Test func whatIsTooLongOrNoFileIsRefused() throws {
    let directory = try TemporaryDirectory()
    try directory.write("big", String(repeating: "x", count: 100))
    #expect(try SmallFile.read(directory.file("big"), limit: 100).count == 100)
    #expect(throws: KernelError("read a file that large", errno: EFBIG)) {
      try SmallFile.read(directory.file("big"), limit: 99)
    }
    #expect(throws: KernelError("open the file", errno: EISDIR)) { try SmallFile.read(directory.path) }
    #expect(throws: KernelError("open the file", errno: ENOENT)) { try SmallFile.read(directory.file("none")) }
    #expect(throws: KernelError("open the file", errno: EINVAL)) { try SmallFile.read("/dev/zero") }
    #expect(throws: KernelError.self) { try SmallFile.readPseudo("/dev/zero", limit: 1000) }
    // A pipe that nobody writes to is not waited for.
    #expect(mkfifo(directory.file("pipe"), 0o600) == 0)
    #expect(try SmallFile.readPseudo(directory.file("pipe")).isEmpty)
  }

  @Test func aDirectoryThatIsMissingIsAnError() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: KernelError("open the file's directory", errno: ENOENT)) {
      try SmallFile.replace(directory.file("none/drift"), with: [])
    }
    #expect(try SmallFile.makeDirectory(directory.file("a/b/c")))
    #expect(try !SmallFile.makeDirectory(directory.file("a/b/c")))
    try SmallFile.replace(directory.file("a/b/c/drift"), with: [1])
    #expect(try SmallFile.read(directory.file("a/b/c/drift")) == [1])
    SmallFile.remove(directory.file("a/b/c/drift"))
    #expect(SmallFile.attributes(directory.file("a/b/c/drift")) == nil)
  }

  @Test func aDirectoryThatCannotBeUsedIsKnown() throws {
    let directory = try TemporaryDirectory()
    try SmallFile.checkDirectory(directory.path)
    try directory.write("file", "")
    try directory.link("nowhere", to: directory.file("none"))
    try directory.link("there", to: directory.path)
    for (name, errno) in [("file", ENOTDIR), ("nowhere", ENOENT), ("none", ENOENT)] {
      #expect(throws: KernelError("use the directory", errno: errno)) {
        try SmallFile.checkDirectory(directory.file(name))
      }
    }
    // Something is there, so it was not made; that alone says nothing of what it is.
    #expect(try !SmallFile.makeDirectory(directory.file("file")))
    #expect(try !SmallFile.makeDirectory(directory.file("nowhere")))
    try SmallFile.checkDirectory(directory.file("there"))
  }

  @Test func onlyWhatThisProcessMadeChangesHands() throws {
    let directory = try TemporaryDirectory()
    let (user, group) = (getuid(), getgid())
    try SmallFile.makeDirectory(directory.file("made"))
    try SmallFile.setOwner(directory.file("made"), user: user, group: group)
    try directory.link("link", to: directory.file("made"))
    try directory.write("file", "")
    for name in ["link", "file"] {
      #expect(throws: KernelError("change the owner of the file", errno: EINVAL)) {
        try SmallFile.setOwner(directory.file(name), user: user, group: group)
      }
    }
    // Somebody else's: root's for most users, a stranger's for root.
    if user == 0 {
      try SmallFile.setOwner(directory.file("made"), user: 1234, group: 1234)
      #expect(throws: KernelError("change the owner of the file", errno: EPERM)) {
        try SmallFile.setOwner(directory.file("made"), user: user, group: group)
      }
    } else {
      #expect(throws: KernelError("change the owner of the file", errno: EPERM)) {
        try SmallFile.setOwner("/", user: user, group: group)
      }
    }
  }
}
