// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Where Tompion is installed.
let tompion = Context.environment["TOMPION"] ?? "/opt/tompion"

let package = Package(
  name: "example-clock",
  products: [.library(name: "tompion-example-clock", type: .dynamic, targets: ["ExampleClockPlugin"])],
  dependencies: [.package(name: "TompionProviderKit", path: "\(tompion)/share/tompion/TompionProviderKit")],
  targets: [
    .target(
      name: "ExampleClockPlugin",
      dependencies: [.product(name: "TompionProviderKit", package: "TompionProviderKit")],
      path: "Sources",
      swiftSettings: [
        .swiftLanguageMode(.v6),
        // Neither is used, and each would be one more library that the daemon maps.
        .unsafeFlags([
          "-Xfrontend", "-disable-implicit-string-processing-module-import",
          "-Xfrontend", "-disable-implicit-concurrency-module-import",
        ]),
      ],
      linkerSettings: [
        // One exported symbol; its own name instead of the build folder's path; the Swift runtime that Tompion ships.
        .unsafeFlags([
          "-Xlinker", "--version-script=\(Context.packageDirectory)/exports.map",
          "-Xlinker", "-soname=libtompion-example-clock.so", "-Xlinker", "--as-needed",
          "-Xlinker", "-rpath=$ORIGIN", "-Xlinker", "-rpath=\(tompion)/lib/tompion",
        ])
      ])
  ]
)
