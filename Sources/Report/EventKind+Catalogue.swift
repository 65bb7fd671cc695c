// SPDX-License-Identifier: Apache-2.0

extension EventKind {
  /// The short name: lower case, words joined by hyphens, never changed once released.
  package var slug: String { catalogued.slug }

  package var severity: EventSeverity { catalogued.severity }

  /// Whether a provider may raise it: it is about its own sources or its own serving.
  package var isForProviders: Bool {
    switch self {
    case .sourceReachable, .sourceUnreachable, .sourceDropped, .nameNotResolved, .nameResolved, .servingStarted,
      .servingStopped, .portBusy, .sourceRefused, .sourceRestarted, .listeningLost, .listeningAgain,
      .keysMissing, .signatureWrong, .signatureMissing, .sourceProvenAgain, .signingFailed, .peerSigningFailed,
      .legacyRequestRefused, .accountSweep, .referenceLost, .referenceFound, .referenceUnfit, .referenceRefused,
      .referenceTrusted, .weekRollover, .referenceDelayLearned, .referenceJumped, .feedLost, .feedFound,
      .ownTimeServed, .ownTimeEnded, .timeEntered, .clockBeforeBound:
      true
    default: false
    }
  }

  /// When it is raised, in one sentence; the text of Docs/events.md.
  package var meaning: String { catalogued.meaning }

  private var catalogued: (slug: String, severity: EventSeverity, meaning: String) {
    switch self {
    case .providerError: ("provider-error", .error, "A provider reports an error.")
    case .providerWarning: ("provider-warning", .warning, "A provider reports a warning.")
    case .providerNotice: ("provider-notice", .notice, "A provider reports something worth knowing.")
    case .providerFailed: ("provider-failed", .error, "A provider could not be loaded, opened or started.")
    case .providerShutdownFailed: ("provider-shutdown-failed", .error, "A provider did not stop when told to.")
    case .configurationKept:
      (
        "configuration-kept", .warning,
        "The configuration was read again and is wrong; the previous one stays in force. Not raised yet: tompiond reads it at its start only."
      )
    case .providerCommandFailed:
      (
        "provider-command-failed", .warning,
        "A provider refused a command or answered too late. Not raised yet: late calls are provider-misbehaved."
      )
    case .noProviderAvailable:
      (
        "no-provider-available", .error,
        "Providers are configured, but not one could be started. Not raised yet: provider-failed says it of each."
      )
    case .keysMissing:
      (
        "keys-missing", .warning,
        "A source has to prove itself and there are no keys, or no provider, to ask it with: nothing is sent."
      )
    case .signatureWrong:
      (
        "signature-wrong", .warning,
        "A poll brought only replies with a wrong code, or made with another key: nothing of them is taken. Said once for each reason until one proves itself, and less often where they alternate."
      )
    case .signatureMissing:
      (
        "signature-missing", .warning,
        "A poll brought only replies without authentication, where the source has to prove itself: nothing of them is taken. Said once for each reason until one proves itself, and less often where they alternate."
      )
    case .signingFailed:
      (
        "signing-failed", .warning,
        "A reply of the server to a client could not be signed, so that nothing was sent; at most once a minute, with the count."
      )
    case .peerSigningFailed:
      (
        "peer-signing-failed", .warning,
        "The same for a reply to a symmetric peer."
      )
    case .legacyRequestRefused:
      (
        "legacy-request-refused", .warning,
        "An MS-SNTP request in the 68-byte form was ignored, as refuse_68 says; once a day for an address, twenty of them an hour."
      )
    case .accountSweep:
      (
        "account-sweep", .warning,
        "A client asks for signatures of more accounts than it may, as who collects them to guess passwords by (timeroasting); once a day for an address."
      )
    case .keysReread:
      (
        "keys-reread", .notice,
        "SIGHUP came: key files that changed are read at once, and those that could not be read are tried again. Nothing else is read anew."
      )
    case .sourceProvenAgain:
      ("source-proven-again", .notice, "Replies of a source prove themselves again.")
    case .noSourceAccessible:
      (
        "no-source-accessible", .warning,
        "Not one of the sources can be reached. Not raised yet: source-unreachable says it of each."
      )
    case .clockStepped: ("clock-stepped", .warning, "The daemon moved the clock at once by the interval given.")
    case .sampleTooBig:
      (
        "too-big", .error,
        "A sample asks for a change beyond max_pos_phase_correction or max_neg_phase_correction; it was refused and the clock "
          + "did not move. The details hold the whole sample."
      )
    case .sourceChosen: ("source-chosen", .notice, "The clock now follows this source.")
    case .unsynchronized: ("unsynchronized", .warning, "The clock is no longer synchronized.")
    case .sourceReachable: ("source-reachable", .notice, "Valid replies arrive from this source.")
    case .sourceUnreachable:
      ("source-unreachable", .warning, "The last eight polls of this source brought no valid reply.")
    case .providerStopped: ("provider-stopped", .warning, "A provider stopped or was stopped.")
    case .noProviderRunning:
      (
        "no-provider-running", .warning,
        "No provider that brings time is still running. Not raised yet: provider-stopped says it of each."
      )
    case .sourceDropped:
      (
        "source-dropped", .warning,
        "No sign of the server in eight polls: the next address of its name is asked, or, where there is none, the name is looked up again while polling goes on at longer intervals. Said once until a reply comes."
      )
    case .nameNotResolved:
      ("name-not-resolved", .warning, "The name of a source has no address; another attempt follows.")
    case .nameResolved: ("name-resolved", .notice, "The name of a source was resolved after failures.")
    case .servingStarted:
      ("serving-started", .notice, "The server answers with synchronized time. Not raised yet: synchronized says it.")
    case .servingStopped:
      ("serving-stopped", .warning, "The server answers as unsynchronized. Not raised yet: unsynchronized says it.")
    case .daemonStarted: ("daemon-started", .notice, "tompiond started.")
    case .daemonStopped: ("daemon-stopped", .notice, "tompiond is stopping.")
    case .resyncRequested: ("resync-requested", .notice, "An operator asked for a resynchronization.")
    case .leapArmed: ("leap-armed", .notice, "A leap second at the end of the current UTC day is armed, or disarmed.")
    case .synchronized: ("synchronized", .notice, "The clock is synchronized.")
    case .localClockSuspect:
      (
        "local-clock-suspect", .error,
        "Every good source is beyond the limit and they agree: the local clock is wrong. `tompion resync --force` accepts their time."
      )
    case .falseticker:
      (
        "falseticker", .warning,
        "This source disagrees with the majority, or moves against it although within its root distance (an outlier)."
      )
    case .clockMoved: ("clock-moved", .warning, "Somebody other than this daemon moved the clock.")
    case .steeringRefused: ("steering-refused", .error, "The kernel refused to change the clock; steering stops.")
    case .steeringResumed: ("steering-resumed", .notice, "Changes of the clock are accepted again.")
    case .rivalDaemon: ("rival-daemon", .error, "Another time daemon runs on this host; this one does not steer.")
    case .observing: ("observing", .notice, "Observe mode: nothing is applied to the clock.")
    case .providerStarted: ("provider-started", .notice, "A provider runs.")
    case .providerRestarted: ("provider-restarted", .warning, "A provider's process ended and was started again.")
    case .providerQuarantined:
      (
        "provider-quarantined", .error,
        "A provider was stopped for what it did; it is started again after a pause, five times an hour at most."
      )
    case .providerMisbehaved: ("provider-misbehaved", .warning, "A provider broke a rule of the plugin ABI.")
    case .samplesDropped:
      (
        "samples-dropped", .warning,
        "Samples of a provider were lost because its ring was full; at once, then once a minute with the count."
      )
    case .sourceAdded: ("source-added", .notice, "A provider added a source.")
    case .sourceRemoved: ("source-removed", .notice, "A provider removed a source.")
    case .leapTableExpired:
      ("leap-table-expired", .warning, "The leap-seconds.list is past its expiry, or will be within 30 days.")
    case .leapTableLoaded: ("leap-table-loaded", .notice, "The leap-seconds.list was read.")
    case .leapTableInvalid: ("leap-table-invalid", .warning, "The leap-seconds.list cannot be used.")
    case .driftLoaded: ("drift-loaded", .notice, "The frequency of the last run was read from the drift file.")
    case .driftNotSaved: ("drift-not-saved", .warning, "The drift file could not be written.")
    case .realTimeRefused:
      (
        "real-time-refused", .warning,
        "Real-time priority, locked memory or processor affinity was refused; stamps may come late."
      )
    case .privilegesDropped: ("privileges-dropped", .notice, "The daemon runs on as an unprivileged user.")
    case .controlCommand:
      ("control-command", .notice, "A command that changes something came by the control socket, and from whom.")
    case .controlRefused: ("control-refused", .warning, "A command by the control socket was refused: not permitted.")
    case .clockFrequencyMoved:
      ("clock-frequency-moved", .warning, "Somebody other than this daemon changed the clock's frequency.")
    case .portBusy: ("port-busy", .error, "A port is in use by somebody else, who is named where that is known.")
    case .sanityCleared: ("sanity-cleared", .notice, "The sanity gate accepts samples again.")
    case .sourceRefused:
      ("source-refused", .warning, "A source asked to be left alone (a kiss code), or its replies are refused.")
    case .noMajority: ("no-majority", .warning, "The sources disagree and no majority of them can be found.")
    case .sourceRestarted:
      ("source-restarted", .warning, "The time of a source jumped and stayed there; it is followed from there on.")
    case .revalidated:
      ("revalidated", .notice, "After somebody else moved the clock, fresh samples confirm where it should be.")
    case .driftIgnored:
      ("drift-ignored", .warning, "The drift file holds nothing that can be believed; the frequency is learnt anew.")
    case .providerHangs:
      (
        "provider-hangs", .error,
        "A provider in the daemon's own process has not returned from a call; all providers there wait for it."
      )
    case .recordStarted: ("record-started", .notice, "Every event that the engine takes is recorded from now on.")
    case .recordEnded:
      (
        "record-ended", .warning,
        "The record reached its limit, or could not be written; later events are counted, and not in it."
      )
    case .recordGap:
      ("record-gap", .warning, "Events are missing in the record, because it was written too slowly; said once.")
    case .loopChosen:
      ("loop-chosen", .notice, "What packets are received with, io_uring or poll(2), and why.")
    case .loopRecovered:
      (
        "loop-recovered", .warning,
        "The io_uring ran out of something or lost something, and went on; the text has the numbers."
      )
    case .hardwareStamps:
      ("hardware-stamps", .notice, "Packets of an interface are stamped by its card; the text says which and how.")
    case .hardwareStampsRefused:
      (
        "hardware-stamps-refused", .warning,
        "Time stamps of a card were asked for and cannot be had; the kernel's are used."
      )
    case .hardwareStampsMissed:
      (
        "hardware-stamps-missed", .warning,
        "Stamps of a card were late, missing or unusable, and the kernel's were used; at most once a minute."
      )
    case .hardwareClockSuspect:
      (
        "hardware-clock-suspect", .warning,
        "The clock of a card jumped, stands still, runs wild or cannot be read; its stamps are not used until it runs."
      )
    case .hardwareClockRunning:
      ("hardware-clock-running", .notice, "The clock of a card runs again; its stamps are used.")
    case .smearingLeftOut:
      (
        "smearing-left-out", .warning,
        "This source smears leap seconds and others do not; the two are never mixed, so it is left out."
      )
    case .hardwareClockReady:
      ("hardware-clock-ready", .notice, "A hardware clock was opened; how it is read and what it follows.")
    case .hardwareClockFailed:
      ("hardware-clock-failed", .error, "A hardware clock cannot be opened, read or steered; it is tried again.")
    case .hardwareClockOwned:
      ("hardware-clock-owned", .error, "Somebody else owns a hardware clock that was to be steered; it is only read.")
    case .hardwareClockStepped:
      ("hardware-clock-stepped", .notice, "The daemon moved a hardware clock at once by the interval given.")
    case .hardwareClockMoved:
      ("hardware-clock-moved", .warning, "Somebody other than this daemon moved a hardware clock.")
    case .hardwareClockLocked:
      ("hardware-clock-locked", .notice, "A hardware clock follows its reference, or no longer does.")
    case .taiUnknown:
      (
        "tai-unknown", .warning,
        "A clock keeps TAI, and TAI - UTC is known neither from leap-seconds.list nor from the kernel: it is neither followed nor steered."
      )
    case .referenceLost:
      (
        "reference-lost", .warning,
        "The device, socket or shared memory of a reference clock cannot be opened, or is gone; it is tried again."
      )
    case .referenceFound:
      (
        "reference-found", .notice,
        "The device, socket or shared memory of a reference clock is there again."
      )
    case .referenceUnfit:
      (
        "reference-unfit", .warning,
        "A reference clock has no fix, says nothing, or nothing that can be read, or doubts itself (antenna, accuracy, spoofing), or nothing says which second it marks, or a battery-backed clock shows what cannot be; its time is not used."
      )
    case .referenceRefused:
      (
        "reference-refused", .warning,
        "The time of a reference clock stood still, ran backward, at another rate, or jumped; it is not used until it was consistent for some seconds."
      )
    case .referenceTrusted: ("reference-trusted", .notice, "The time of a reference clock is used, or used again.")
    case .weekRollover:
      (
        "week-rollover", .warning,
        "The date of a receiver is 1024 weeks off, or a multiple of that; it is corrected."
      )
    case .referenceDelayLearned:
      (
        "reference-delay-learned", .notice,
        "How late a receiver tells the time was learned from the other sources."
      )
    case .referenceJumped:
      (
        "reference-jumped", .warning,
        "A hardware clock, or the pulses of a device, jumped and stayed there; it is used again once other sources confirm it, as the text says."
      )
    case .temperatureLost:
      (
        "temperature-lost", .warning,
        "The sensor or the table of clock.temperature cannot be used, or it is colder or warmer than the table goes; the last temperature holds."
      )
    case .temperatureFound:
      ("temperature-found", .notice, "The frequency goes by the oscillator's temperature again.")
    case .rtcSet:
      ("rtc-set", .notice, "The battery-backed clock (RTC) was set as the daemon ended (clock.rtc).")
    case .rtcLeft:
      (
        "rtc-left", .warning,
        "The battery-backed clock (RTC) cannot be set, or was left as it was at the end: the reason is said (clock.rtc)."
      )
    case .privilegesKept:
      ("privileges-kept", .warning, "The daemon runs on as root with all its rights: its user is not there.")
    case .feedLost:
      (
        "feed-lost", .warning,
        "The samples of a reference clock cannot be passed on to another program by a socket or shared memory; it is tried again."
      )
    case .feedFound: ("feed-found", .notice, "The samples of a reference clock are passed on to another program again.")
    case .ownTimeServed:
      (
        "own-time-served", .warning,
        "Nobody can be followed: the host's own time is served, at the stratum of the provider local."
      )
    case .ownTimeEnded:
      (
        "own-time-ended", .notice,
        "The host's own time is not served any more: there is real time, or another one leads."
      )
    case .timeEntered: ("time-entered", .notice, "An operator entered a time (tompion settime).")
    case .clockBeforeBound:
      (
        "clock-before-bound", .warning,
        "The clock shows a time before one that has already been, by the battery-backed clock or what was kept from the last run; nothing is done about it but this."
      )
    case .stateKept: ("state-kept", .notice, "The state directory, or the file in it, can be written again.")
    case .listeningLost:
      (
        "listening-lost", .warning,
        "A server's interface is not there, or not with the address that it is to listen on; nobody is answered there until it is."
      )
    case .listeningAgain: ("listening-again", .notice, "A server listens on an interface that was not there before.")
    case .leapPassed: ("leap-passed", .notice, "A leap second passed.")
    case .stateDirectory:
      ("state-directory", .warning, "The state directory cannot be used; nothing is remembered across restarts.")
    }
  }
}
