// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// ProviderKit as it is installed (share/tompion/TompionProviderKit), for providers outside Tompion's own package: the same sources
// with nothing else beside them, so that a plugin builds offline and needs none of the daemon's libraries. ./Tools/build copies
// Sources/{TimeTypes,CTompionProvider,ProviderKit} beside this file.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault"), .strictMemorySafety(),
  // Neither is used, and each would be one more library that every plugin needs.
  .unsafeFlags([
    "-Xfrontend", "-disable-implicit-string-processing-module-import",
    "-Xfrontend", "-disable-implicit-concurrency-module-import",
  ]),
]

let package = Package(
  name: "TompionProviderKit",
  products: [
    .library(name: "TompionProviderKit", type: .static, targets: ["ProviderKit", "TimeTypes", "CTompionProvider"])
  ],
  targets: [
    .target(name: "CTompionProvider"),
    .target(name: "TimeTypes", swiftSettings: settings),
    .target(name: "ProviderKit", dependencies: ["TimeTypes", "CTompionProvider"], swiftSettings: settings),
  ]
)
