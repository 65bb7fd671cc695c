// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct DynamicLibraryTests {
  @Test func findsAFunction() throws {
    let library = try DynamicLibrary(path: "libm.so.6")
    let address = try library.symbol("cos")
    typealias Cosine = @convention(c) (Double) -> Double
    #expect(unsafeBitCast(address, to: Cosine.self)(0) == 1)
  }

  @Test func errorsNameTheFileAndTheReason() throws {
    let missing = #expect(throws: DynamicLibrary.LoadError.self) {
      _ = try DynamicLibrary(path: "/nonexistent/libx.so")
    }
    #expect(missing?.description.hasPrefix("cannot load /nonexistent/libx.so: ") == true)
    #expect(missing?.reason.contains("No such file") == true)
    let directory = try TemporaryDirectory()
    try directory.write("libtext.so", "this is no library")
    let text = #expect(throws: DynamicLibrary.LoadError.self) {
      _ = try DynamicLibrary(path: directory.file("libtext.so"))
    }
    #expect(text?.path == directory.file("libtext.so"))
    #expect(text?.reason.isEmpty == false)
    let library = try DynamicLibrary(path: "libm.so.6")
    let symbol = #expect(throws: DynamicLibrary.LoadError.self) { _ = try library.symbol("tompion_module_v1") }
    #expect(symbol?.reason == "it does not export the function tompion_module_v1")
  }
}
