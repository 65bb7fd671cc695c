// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Swift 6 mode everywhere; strict memory safety with every warning an error. A pure target may not even write `unsafe`
// (Tools/check counts); an edge target writes it with the reason the use is sound.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  // Neither is used, and each would be one more library that the daemon maps.
  .unsafeFlags([
    "-Xfrontend", "-disable-implicit-string-processing-module-import",
    "-Xfrontend", "-disable-implicit-concurrency-module-import",
  ]),
]

/// A plugin is a dynamic library that exports one symbol (Plugins/exports.map). Its name inside is set because the linker would
/// otherwise write the build folder's path into it.
func plugin(_ name: String, of provider: Target.Dependency, library: String) -> Target {
  .target(
    name: name, dependencies: [provider, "CTompionProvider"], path: "Plugins/\(name)", swiftSettings: strict,
    linkerSettings: [
      .unsafeFlags([
        "-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map", "-Xlinker",
        "-soname=\(library)",
        "-Xlinker", "--as-needed",
      ])
    ])
}

/// A target whose code computes only: no system module, no unsafe code, "now" is an argument.
func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A target at the edge: it talks to the kernel, to C or to the outside.
func edge(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// Tests of the target of that name, file for file.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
    swiftSettings: [.swiftLanguageMode(.v6)])
}

let package = Package(
  name: "Tompion",
  products: [
    .executable(name: "tompiond", targets: ["tompiond"]),
    .executable(name: "tompion", targets: ["tompion"]),
    .executable(name: "provider-check", targets: ["provider-check"]),
    .executable(name: "simulate", targets: ["simulate"]),
    .library(name: "TompionCore", targets: ["TimeTypes", "Numerics", "SampleRing", "ClockPort", "Engine"]),
    // For providers of others. Installed, it is a package of its own that needs nothing else (Kits/swift/Package.swift).
    .library(name: "TompionProviderKit", targets: ["ProviderKit", "TimeTypes", "CTompionProvider"]),
    // Not for users: what Bench measures, where it is not public.
    .library(name: "TompionBenchSubjects", targets: ["BenchSubjects"]),
    .library(name: "tompion-ntp-client", type: .dynamic, targets: ["NTPClientPlugin"]),
    .library(name: "tompion-ntp-server", type: .dynamic, targets: ["NTPServerPlugin"]),
    .library(name: "tompion-ntp-symmetric", type: .dynamic, targets: ["NTPSymmetricPlugin"]),
    .library(name: "tompion-ms-sntp", type: .dynamic, targets: ["MSSNTPPlugin"]),
    .library(name: "tompion-pps", type: .dynamic, targets: ["PPSPlugin"]),
    .library(name: "tompion-phc", type: .dynamic, targets: ["PHCPlugin"]),
    .library(name: "tompion-gnss", type: .dynamic, targets: ["GNSSPlugin"]),
    .library(name: "tompion-local", type: .dynamic, targets: ["LocalPlugin"]),
    .library(name: "tompion-manual", type: .dynamic, targets: ["ManualPlugin"]),
    .library(name: "tompion-rtc", type: .dynamic, targets: ["RTCPlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // C: the public plugin ABI, the kernel fence, and system libraries, each behind a target of its own.
    .target(name: "CTompionProvider"),
    .target(name: "CLinux"),
    // provider-check's place between a host and a provider; its malloc counts.
    .target(name: "CProviderWatch", dependencies: ["CTompionProvider"]),
    .target(name: "CTOML", cxxSettings: [.unsafeFlags(["-std=c++17"])]),
    .systemLibrary(name: "CLibCap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),
    .systemLibrary(name: "CLibURing", pkgConfig: "liburing", providers: [.apt(["liburing-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

    // The pure core, in the order of the flow.
    pure("TimeTypes"),
    pure("Numerics"),
    pure("SampleRing", ["TimeTypes"]),
    pure("NTPWire", ["TimeTypes"]),
    pure("ReferenceWire", ["TimeTypes"]),
    pure("CardLines", ["TimeTypes"]),
    pure("Filtering", ["TimeTypes", "Numerics"]),
    pure("Selection"),
    pure("Fusion", ["TimeTypes", "Numerics", "Filtering"]),
    pure("Discipline", ["TimeTypes", "Numerics"]),
    pure("ClockPort", ["TimeTypes"]),
    pure("Engine", ["TimeTypes", "Numerics", "ClockPort", "Filtering", "Selection", "Fusion", "Discipline"]),
    pure("Recording", ["TimeTypes", "ClockPort", "Selection", "Discipline", "Engine"]),
    pure("Addresses"),
    pure("KeyFiles", ["TimeTypes", "Addresses"]),
    pure("Settings", ["TimeTypes", "Discipline", "CTOML", "Addresses", "Report"]),
    pure("Report", ["TimeTypes"]),
    pure("Diagnosis", ["TimeTypes", "NTPWire", "Report"]),
    pure("Simulation", ["TimeTypes", "Numerics", "ClockPort"]),
    pure("Scenarios", ["TimeTypes", "Numerics", "Simulation", "Report"]),
    pure("Replaying", ["TimeTypes", "Selection", "Engine", "Recording", "Report", "Scenarios"]),

    // The edge.
    edge("LinuxKernel", ["TimeTypes", "CardLines", "ClockPort", "CLinux", "CLibCap"]),
    edge("Cryptography", ["COpenSSL"]),
    edge("ProviderKit", ["TimeTypes", "CTompionProvider"]),
    edge("DeviceSources", ["TimeTypes", "ProviderKit", "CTompionProvider"]),
    edge(
      "ProviderHost",
      ["TimeTypes", "CardLines", "SampleRing", "CTompionProvider", "CLinux", "ClockPort", "LinuxKernel"]),
    edge(
      "VirtualHost", ["TimeTypes", "Simulation", "ProviderHost", "CTompionProvider"]),
    edge(
      "EngineFeed", ["TimeTypes", "ClockPort", "Engine", "Settings", "Report", "ProviderHost", "CTompionProvider"]),
    edge(
      "ClosedLoop",
      [
        "TimeTypes", "ClockPort", "Simulation", "Scenarios", "Engine", "EngineFeed", "Settings", "Recording", "Report",
        "ProviderHost", "VirtualHost", "CTompionProvider",
      ]),
    edge("Control", ["TimeTypes", "Report", "LinuxKernel"]),
    edge(
      "Runtime",
      [
        "TimeTypes", "CardLines", "SampleRing", "ClockPort", "Engine", "EngineFeed", "Settings", "Report",
        "LinuxKernel", "ProviderHost",
        "Control", "Recording",
        "CTompionProvider", "Discipline", "Selection",
      ]),

    // Providers: the logic as a library, and a plugin that is its one exported function.
    .target(
      name: "NTPClient", dependencies: ["TimeTypes", "NTPWire", "ProviderKit", "CTompionProvider"],
      path: "Plugins/NTPClient", exclude: ["README.md"], swiftSettings: strict),
    plugin("NTPClientPlugin", of: "NTPClient", library: "libtompion-ntp-client.so"),
    .target(
      name: "NTPServer",
      dependencies: ["TimeTypes", "Numerics", "Addresses", "NTPWire", "ProviderKit", "CTompionProvider"],
      path: "Plugins/NTPServer", exclude: ["README.md"], swiftSettings: strict),
    plugin("NTPServerPlugin", of: "NTPServer", library: "libtompion-ntp-server.so"),
    .target(
      name: "NTPSymmetric",
      dependencies: [
        "TimeTypes", "Addresses", "NTPWire", "KeyFiles", "Cryptography", "ProviderKit", "CTompionProvider",
      ],
      path: "Plugins/NTPSymmetric", exclude: ["README.md"], swiftSettings: strict),
    plugin("NTPSymmetricPlugin", of: "NTPSymmetric", library: "libtompion-ntp-symmetric.so"),
    .target(
      name: "MSSNTP",
      dependencies: ["TimeTypes", "Numerics", "Addresses", "Cryptography", "ProviderKit", "CTompionProvider"],
      path: "Plugins/MSSNTP", exclude: ["README.md"], swiftSettings: strict),
    plugin("MSSNTPPlugin", of: "MSSNTP", library: "libtompion-ms-sntp.so"),
    .target(
      name: "PPS", dependencies: ["TimeTypes", "Numerics", "ProviderKit", "DeviceSources", "CTompionProvider"],
      path: "Plugins/PPS", exclude: ["README.md"], swiftSettings: strict),
    plugin("PPSPlugin", of: "PPS", library: "libtompion-pps.so"),
    .target(
      name: "PHC", dependencies: ["TimeTypes", "CardLines", "ProviderKit", "DeviceSources", "CTompionProvider"],
      path: "Plugins/PHC", exclude: ["README.md"], swiftSettings: strict),
    plugin("PHCPlugin", of: "PHC", library: "libtompion-phc.so"),
    .target(
      name: "GNSS", dependencies: ["TimeTypes", "ReferenceWire", "ProviderKit", "CTompionProvider"],
      path: "Plugins/GNSS", exclude: ["README.md"], swiftSettings: strict),
    plugin("GNSSPlugin", of: "GNSS", library: "libtompion-gnss.so"),
    .target(
      name: "Local", dependencies: ["TimeTypes", "ProviderKit", "CTompionProvider"], path: "Plugins/Local",
      exclude: ["README.md"], swiftSettings: strict),
    plugin("LocalPlugin", of: "Local", library: "libtompion-local.so"),
    .target(
      name: "Manual", dependencies: ["TimeTypes", "ProviderKit", "CTompionProvider"], path: "Plugins/Manual",
      exclude: ["README.md"], swiftSettings: strict),
    plugin("ManualPlugin", of: "Manual", library: "libtompion-manual.so"),
    .target(
      name: "RTC", dependencies: ["TimeTypes", "ProviderKit", "CTompionProvider"], path: "Plugins/RTC",
      exclude: ["README.md"], swiftSettings: strict),
    plugin("RTCPlugin", of: "RTC", library: "libtompion-rtc.so"),

    // What people run.
    .executableTarget(
      // Not the argument parser: it brings FoundationEssentials, and the daemon loads no Foundation.
      name: "tompiond", dependencies: ["Runtime", "Report", "Settings", "LinuxKernel", "ProviderHost", "NTPClient"],
      swiftSettings: strict),
    .executableTarget(
      name: "tompion",
      dependencies: [
        "Control", "Report", "Settings", "LinuxKernel", "TimeTypes", "Addresses", "KeyFiles", "Cryptography",
        "Diagnosis",
      ], swiftSettings: strict),
    .executableTarget(
      name: "provider-check",
      dependencies: [
        "CProviderWatch", "ProviderHost", "VirtualHost", "Simulation", "CTompionProvider", "TimeTypes", "Numerics",
        "LinuxKernel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "simulate",
      dependencies: [
        "ClosedLoop", "Scenarios", "Recording", "Replaying", "Engine", "ProviderHost", "LinuxKernel", "Report",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // What Bench, a package of its own, measures of what is not public.
    .target(
      name: "BenchSubjects",
      dependencies: [
        "TimeTypes", "Numerics", "ClockPort", "CLinux", "Engine", "LinuxKernel", "ProviderHost", "Runtime",
        "CTompionProvider", "CAllocationCounter", "Cryptography",
      ],
      path: "Bench/Subjects",
      swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault")]),

    // Tests, file for file with the sources; TestSupport holds what several share.
    .target(
      name: "TestSupport", dependencies: ["TimeTypes", "Numerics"], path: "Tests/TestSupport",
      swiftSettings: [.swiftLanguageMode(.v6)]),
    tests("TestSupport"),
    .target(
      name: "MockHost", dependencies: ["CTompionProvider", "Numerics"], path: "Tests/MockHost",
      swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault")]),
    tests("TimeTypes", ["TestSupport"]),
    tests("Numerics", ["TestSupport"]),
    tests("SampleRing", ["TimeTypes", "TestSupport"]),
    tests("ReferenceWire", ["TestSupport"]),
    tests("NTPWire", ["TimeTypes", "TestSupport"]),
    tests("Filtering", ["TimeTypes", "TestSupport"]),
    tests("Selection", ["TimeTypes", "TestSupport"]),
    tests("Fusion", ["TimeTypes", "Filtering", "TestSupport"]),
    tests("Discipline", ["TimeTypes", "TestSupport"]),
    tests("Engine", ["TimeTypes", "ClockPort", "Filtering", "Selection", "Fusion", "Discipline", "TestSupport"]),
    tests("Recording", ["TimeTypes", "ClockPort", "Discipline", "Engine", "TestSupport"]),
    tests("Addresses", ["TestSupport"]),
    tests("KeyFiles", ["Addresses", "TestSupport"]),
    tests("Settings", ["TimeTypes", "Report", "TestSupport"]),
    tests("Report", ["TimeTypes", "TestSupport"]),
    tests("Diagnosis", ["TimeTypes", "NTPWire", "Report", "TestSupport"]),
    .target(name: "CSystemCallFilter", path: "Tests/CSystemCallFilter"),
    tests("CardLines", ["TimeTypes", "TestSupport"]),
    tests("LinuxKernel", ["TimeTypes", "CardLines", "ClockPort", "CLinux", "CSystemCallFilter", "TestSupport"]),
    tests(
      "ProviderHost",
      ["TimeTypes", "ClockPort", "CLinux", "LinuxKernel", "CTompionProvider", "CAllocationCounter", "TestSupport"],
      exclude: ["ABI"]),
    tests("Cryptography", ["CAllocationCounter", "TestSupport"]),
    tests("ProviderKit", ["TimeTypes", "CTompionProvider", "MockHost", "Report"]),
    tests(
      "EngineFeed", ["TimeTypes", "ClockPort", "Engine", "Settings", "Report", "ProviderHost", "CTompionProvider"]),
    tests("Control", ["TimeTypes", "Report", "LinuxKernel", "TestSupport"]),
    tests("tompion", ["Addresses", "Control", "KeyFiles", "LinuxKernel", "Settings", "TestSupport"]),
    // Its malloc counts: for tests that the real-time path allocates nothing.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    tests(
      "Runtime",
      [
        "TimeTypes", "ClockPort", "Engine", "Recording", "Discipline", "Selection", "Settings", "Report", "LinuxKernel",
        "ProviderHost", "CTompionProvider", "Control", "CLinux", "CAllocationCounter", "CSystemCallFilter",
        "BenchSubjects",
        "TestSupport", "NTPServer",
      ]),
    tests("NTPClient", ["TimeTypes", "NTPWire", "ProviderKit", "CTompionProvider", "TestSupport", "MockHost"]),
    tests(
      "NTPServer",
      [
        "TimeTypes", "Addresses", "NTPWire", "ProviderKit", "CTompionProvider", "CAllocationCounter", "TestSupport",
        "MockHost",
      ]),
    tests(
      "NTPSymmetric",
      [
        "TimeTypes", "Addresses", "NTPWire", "KeyFiles", "Cryptography", "ProviderKit", "CTompionProvider",
        "CAllocationCounter", "TestSupport", "MockHost",
      ]),
    tests(
      "MSSNTP",
      ["TimeTypes", "Addresses", "Cryptography", "ProviderKit", "CTompionProvider", "TestSupport", "MockHost"]),
    tests("DeviceSources", ["TimeTypes", "ProviderKit", "CTompionProvider"]),
    tests("PPS", ["TimeTypes", "Numerics", "ProviderKit", "CTompionProvider", "TestSupport", "MockHost"]),
    tests("PHC", ["TimeTypes", "CardLines", "ProviderKit", "CTompionProvider", "TestSupport", "MockHost"]),
    tests("Local", ["TimeTypes", "ProviderKit", "CTompionProvider", "CAllocationCounter", "MockHost"]),
    tests("Manual", ["TimeTypes", "ProviderKit", "CTompionProvider", "MockHost"]),
    tests("RTC", ["TimeTypes", "ProviderKit", "CTompionProvider", "MockHost"]),
    tests(
      "GNSS",
      [
        "TimeTypes", "ReferenceWire", "ProviderKit", "CTompionProvider", "CAllocationCounter", "TestSupport",
        "MockHost",
      ]),
    tests("Simulation", ["TimeTypes", "ClockPort", "ReferenceWire", "TestSupport"]),
    tests("Replaying", ["TimeTypes", "ClockPort", "Engine", "Recording", "Report", "TestSupport"]),
    tests("Scenarios", ["TimeTypes", "Simulation", "Report"]),
    tests(
      "ClosedLoop",
      [
        "TimeTypes", "Simulation", "Scenarios", "Recording", "Replaying", "Engine", "Report", "ProviderHost",
        "LinuxKernel", "NTPClient", "NTPServer", "GNSS", "PPS", "PHC", "NTPWire", "VirtualHost", "TestSupport",
      ]),
    tests(
      "VirtualHost",
      [
        "TimeTypes", "Simulation", "SampleRing", "ProviderHost", "CTompionProvider", "NTPClient", "NTPServer",
        "NTPWire",
        "TestSupport",
      ]),
    .testTarget(
      name: "SystemLibrariesTests", dependencies: ["CLibCap", "CLibURing", "COpenSSL"],
      swiftSettings: [.swiftLanguageMode(.v6)]),
  ]
)
