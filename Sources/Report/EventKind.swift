// SPDX-License-Identifier: Apache-2.0

/// The event catalogue: one case per thing that can happen, its raw value the number in the event log.
///
/// Numbers up to 499 are those of the Windows Time service where the meaning fits (Docs/events.md); Tompion's own start at 500,
/// a provider's own at 10000. A number, once released, keeps its meaning.
package enum EventKind: UInt16, Sendable, CaseIterable {
  case providerError = 1
  case providerWarning = 2
  case providerNotice = 3
  case providerFailed = 4
  case providerShutdownFailed = 5
  case configurationKept = 6
  case providerCommandFailed = 7
  case noProviderAvailable = 21
  case keysMissing = 25
  case signatureWrong = 26
  case signatureMissing = 27
  case noSourceAccessible = 29
  case clockStepped = 33
  case sampleTooBig = 34
  case sourceChosen = 35
  case unsynchronized = 36
  case sourceReachable = 37
  case sourceUnreachable = 38
  case providerStopped = 40
  case noProviderRunning = 41
  case sourceDropped = 47
  case nameNotResolved = 134
  case nameResolved = 137
  case servingStarted = 139
  case servingStopped = 142
  case daemonStarted = 257
  case daemonStopped = 258
  case resyncRequested = 266
  case leapArmed = 273

  case synchronized = 500
  case localClockSuspect = 501
  case falseticker = 502
  case clockMoved = 503
  case steeringRefused = 504
  case steeringResumed = 505
  case rivalDaemon = 506
  case observing = 507
  case providerStarted = 508
  case providerRestarted = 509
  case providerMisbehaved = 510
  case samplesDropped = 511
  case sourceAdded = 512
  case sourceRemoved = 513
  case leapTableExpired = 514
  case leapTableLoaded = 515
  case leapTableInvalid = 516
  case driftLoaded = 517
  case driftNotSaved = 518
  case realTimeRefused = 519
  case privilegesDropped = 520
  case controlCommand = 521
  case controlRefused = 522
  case clockFrequencyMoved = 523
  case portBusy = 524
  case sanityCleared = 525
  case sourceRefused = 526
  case noMajority = 527
  case stateDirectory = 528
  case sourceRestarted = 529
  case revalidated = 530
  case leapPassed = 531
  case driftIgnored = 532
  case providerHangs = 533
  case recordStarted = 534
  case recordEnded = 535
  case recordGap = 536
  case stateKept = 537
  case loopChosen = 540
  case loopRecovered = 541
  case hardwareStamps = 550
  case hardwareStampsRefused = 551
  case hardwareStampsMissed = 552
  case hardwareClockSuspect = 553
  case hardwareClockRunning = 554
  case smearingLeftOut = 560
  case hardwareClockReady = 561
  case hardwareClockFailed = 562
  case hardwareClockOwned = 563
  case hardwareClockStepped = 564
  case hardwareClockMoved = 565
  case hardwareClockLocked = 566
  case taiUnknown = 567
  case listeningLost = 570
  case listeningAgain = 571
  case providerQuarantined = 580
  case sourceProvenAgain = 590
}
