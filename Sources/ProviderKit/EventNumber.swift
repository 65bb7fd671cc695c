// SPDX-License-Identifier: Apache-2.0

/// The numbers of Docs/events.md that providers raise; what is a provider's own starts at 10000 and has no name here.
public enum EventNumber: UInt32, CaseIterable, Sendable {
  /// The requests of a client could not be signed.
  case signingFailed = 22
  /// The same of another server's request.
  case peerSigningFailed = 23
  /// There is no key to ask with, or none that may be used.
  case keysMissing = 25
  case signatureWrong = 26
  case signatureMissing = 27
  case sourceReachable = 37
  case sourceUnreachable = 38
  /// It is asked no more: another address is looked for, or its pool has no place for it.
  case sourceDropped = 47
  case nameNotResolved = 134
  case nameResolved = 137
  case servingStarted = 139
  case servingStopped = 142
  case legacyRequestRefused = 157
  case portBusy = 524
  /// The source itself asked not to be used (a kiss of death).
  case sourceRefused = 526
  case sourceRestarted = 529
  case listeningLost = 570
  case listeningAgain = 571
  case sourceProvenAgain = 590
  case accountSweep = 591
  /// A device is gone, or cannot be opened.
  case referenceLost = 600
  case referenceFound = 601
  /// It is read, and is no time: no fix, or nothing says which second it is.
  case referenceUnfit = 602
  /// It is read and refused; the text says why.
  case referenceRefused = 603
  case referenceTrusted = 604
  case weekRollover = 605
  case referenceDelayLearned = 606
  /// It shows another time from one reading to the next, and stays there.
  case referenceJumped = 607
  /// What it is told cannot be passed on to another program.
  case feedLost = 608
  case feedFound = 609
  /// Nobody can be followed: the host's own time is served.
  case ownTimeServed = 610
  case ownTimeEnded = 611
  /// An operator entered a time.
  case timeEntered = 612
  /// The clock shows a time before one that has already been.
  case clockBeforeBound = 613
}
