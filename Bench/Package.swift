// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package of its own, so that what only measuring needs never reaches a user. The name "Tompion" is given because the checkout's
// folder may be called anything.
let package = Package(
  name: "TompionBench",
  dependencies: [.package(name: "Tompion", path: "..")],
  targets: [
    .target(name: "CPeers", exclude: ["README.md"], linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CReceivers"),
    // Processes of their own beside the servers: what makes the load, and the least that answers it.
    .executableTarget(name: "ServerLoad", linkerSettings: [.linkedLibrary("crypto")]),
    .executableTarget(name: "ServerResponder"),
    .target(
      name: "ReceiveBench",
      dependencies: [
        "CReceivers", .product(name: "TompionCore", package: "Tompion"),
        .product(name: "TompionBenchSubjects", package: "Tompion"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "TompionBench",
      dependencies: [
        "CPeers", "ReceiveBench",
        .product(name: "TompionCore", package: "Tompion"),
        .product(name: "TompionBenchSubjects", package: "Tompion"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .testTarget(
      name: "TompionBenchTests", dependencies: ["TompionBench"], swiftSettings: [.swiftLanguageMode(.v6)]),
  ],
  cxxLanguageStandard: .cxx17
)
