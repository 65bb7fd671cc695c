// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Builds plugins from C while the tests run: good ones, and broken ones in one respect each.
enum CompiledPlugin {
  static let root: String = {
    // Tests/ProviderHostTests/CompiledPlugin.swift → the package.
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }()

  static let directory: String = {
    let path = NSTemporaryDirectory() + "tompion-plugins-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }()

  struct Output {
    var status: Int32
    var text: String
  }

  static func run(_ arguments: [String]) throws -> Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Output(status: process.terminationStatus, text: String(decoding: data, as: UTF8.self))
  }

  struct CompilerError: Error, CustomStringConvertible { var description: String }

  /// The path of the example, built by its own Makefile into a folder of this run.
  static func example() throws -> String { try exampleBuilt.get() }

  private static let exampleBuilt: Result<String, any Error> = Result {
    let made = try run(["make", "-s", "-C", root + "/Plugins/Example", "OUT=" + directory])
    guard made.status == 0 else { throw CompilerError(description: made.text) }
    return directory + "/libtompion-example.so"
  }

  /// A shared object from C source; `flags` may define macros.
  static func build(_ name: String, source: String, flags: [String] = []) throws -> String {
    let file = "\(directory)/\(name).c"
    let library = "\(directory)/lib\(name).so"
    try source.write(toFile: file, atomically: true, encoding: .utf8)
    let compiled = try run(
      ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"] + flags
        + ["-I\(root)/Sources/CTompionProvider/include", "-o", library, file])
    guard compiled.status == 0 else { throw CompilerError(description: compiled.text) }
    return library
  }

  /// Flags for the template: it tells its log of SHUTDOWN, QUERY, stop and close.
  static let talkative = [
    #"-DCOMMAND_BODY=if(c->kind==TOMPION_COMMAND_SHUTDOWN)say("shutdown");if(c->kind==TOMPION_COMMAND_QUERY)say("query")"#,
    #"-DSTOP_BODY=say("stop")"#, #"-DCLOSE_BODY=say("close")"#,
  ]

  /// A provider in which a macro can break one thing: -DMODULE_SIZE=…, -DMAJOR=…, -DOPEN=NULL, -DNAME=NULL, -DPOLL_BODY=….
  static let template = """
    #include <CTompionProvider.h>
    #include <stdlib.h>
    #include <string.h>
    #ifndef MODULE_SIZE
    #define MODULE_SIZE sizeof(tompion_module_t)
    #endif
    #ifndef DESCRIPTOR_SIZE
    #define DESCRIPTOR_SIZE sizeof(tompion_descriptor_t)
    #endif
    #ifndef PROVIDER_SIZE
    #define PROVIDER_SIZE sizeof(tompion_provider_t)
    #endif
    #ifndef COUNT
    #define COUNT 1
    #endif
    #ifndef MAJOR
    #define MAJOR TOMPION_ABI_MAJOR
    #endif
    #ifndef OPEN
    #define OPEN open_it
    #endif
    #ifndef NAME
    #define NAME "broken"
    #endif
    #ifndef START
    #define START start_it
    #endif
    #ifndef INIT_BODY
    #define INIT_BODY
    #endif
    #ifndef OPEN_BODY
    #define OPEN_BODY
    #endif
    #ifndef STOP_BODY
    #define STOP_BODY
    #endif
    #ifndef CLOSE_BODY
    #define CLOSE_BODY
    #endif
    #ifndef COMMAND_BODY
    #define COMMAND_BODY
    #endif
    #ifndef POLL_BODY
    #define POLL_BODY
    #endif
    #ifndef OPENED
    #define OPENED &provider
    #endif
    #ifndef DESCRIPTOR
    #define DESCRIPTOR &descriptor
    #endif
    static const tompion_host_t *host;
    static const tompion_descriptor_t descriptor = {DESCRIPTOR_SIZE, 1, "org.example.broken", NAME, "v", "1", "d"};
    static tompion_status init_it(const tompion_provider_t *p) { (void)p; INIT_BODY; return TOMPION_OK; }
    static tompion_status start_it(const tompion_provider_t *p) { (void)p; host->request_poll(host); return TOMPION_OK; }
    static inline void say(const char *text) { const tompion_log_t *log = host->get_extension(host, TOMPION_LOG_ID); log->write(host, TOMPION_LOG_NOTICE, text); }
    static void stop_it(const tompion_provider_t *p) { (void)p; STOP_BODY; }
    static void close_it(const tompion_provider_t *p) { (void)p; CLOSE_BODY; }
    static tompion_status command_it(const tompion_provider_t *p, const tompion_command_t *c) { (void)p; (void)c; COMMAND_BODY; return TOMPION_UNSUPPORTED; }
    static void poll_it(const tompion_provider_t *p, int64_t n) { (void)p; (void)n; POLL_BODY; }
    static const void *extension_it(const tompion_provider_t *p, const char *i) { (void)p; (void)i; return NULL; }
    static const tompion_provider_t provider = {PROVIDER_SIZE, 0, NULL, &descriptor, init_it, START, stop_it, close_it, command_it, poll_it, extension_it};
    const tompion_provider_t *open_it(const char *id, const tompion_host_t *h) { (void)id; (void)start_it; (void)&provider; host = h; OPEN_BODY; return OPENED; }
    static const tompion_descriptor_t *describe(uint32_t i) { (void)&descriptor; return i ? NULL : DESCRIPTOR; }
    static const tompion_module_t module = {MODULE_SIZE, MAJOR, 0, COUNT, 0, describe, OPEN};
    #ifndef SYMBOL
    #define SYMBOL tompion_module_v1
    #endif
    const tompion_module_t *SYMBOL(void);
    #ifndef MODULE
    #define MODULE &module
    #endif
    const tompion_module_t *SYMBOL(void) { (void)&module; return MODULE; }
    """
}
