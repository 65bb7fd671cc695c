// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// The adapter between the host and its battery-backed clock: it reads it, keeps what is to be kept, and tells people. What follows from a
/// reading is `RTCWatch`'s. It publishes no sample: the clock is never followed, and never written.
///
/// Timer 0 is the next reading. A measurement, every eleven minutes, allocates; what is
/// found wrong again does not.
final class RTCProvider: Provider {
  private var options = RTCOptions()
  private var watch: RTCWatch?
  private var page: ClockPage?
  private var source: UInt32 = 0
  private var info = SourceInfo()
  private var isStarted = false
  /// What the source's line says, so that no text is built where the same is found again.
  private var shown: RTCWatch.State?
  /// It was told that the clock cannot be read.
  private var wasLost = false

  private static let tick: UInt16 = 0
  private static let kept = "rtc"

  override func initialize() -> Status {
    guard
      host.offers(
        [
          "source/1": host.sources.isAvailable, "timer/1": host.timers.isAvailable,
          "secrets/1": host.secrets.isAvailable, "store/1": host.store.isAvailable,
        ], "the battery-backed clock (RTC) needs")
    else { return .unsupported }
    guard let options = readSettings() else { return .invalid }
    page = host.clockPage()
    use(options)
    guard let source = host.sources.add(info) else {
      host.log(.error, "the host takes no further source: the battery-backed clock is not used")
      return .error
    }
    self.source = source
    return .ok
  }

  override func start() -> Status {
    isStarted = true
    return begin()
  }

  private func begin() -> Status {
    let now = host.nowRaw
    watch = RTCWatch(options, saved: saved(), now: now)
    shown = nil
    return host.timers.arm(Self.tick, at: now)
  }

  override func stop() {
    isStarted = false
    host.timers.disarm(Self.tick)
  }

  override func close() {
    if source != 0 { host.sources.remove(source) }
    source = 0
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .updateConfig:
      guard let options = readSettings() else { return .invalid }
      use(options)
      return isStarted ? begin() : .ok
    // What there is to know stands in the source's line; steps are told by the era in each stamp.
    case .query, .pollIntervalChanged, .timeJumped, .networkChanged, .pollNow, .shutdown: return .ok
    default: return .unsupported
    }
  }

  override func expired(timer: UInt16, now: RawInstant) {
    guard timer == Self.tick else { return }
    guard let before = host.now() else {
      host.timers.arm(Self.tick, at: now + .seconds(1))
      return
    }
    let (seconds, fault) = read()
    let after = host.now() ?? before
    let looks = watch?.looks
    let actions = watch?.take(seconds, otherwise: fault, before: before, after: after, page?.followed()) ?? []
    for action in actions { act(action) }
    if looks != watch?.looks { publishInfo(after.raw) }
    host.timers.arm(Self.tick, at: watch?.next ?? now + .seconds(1))
  }

  // MARK: what comes and goes

  /// The host's way to a file that a setting names. nil = why there is no reading.
  private func read() -> (Int64?, RTCFault) {
    let reading = host.secrets.withBytes(setting: "device", isPublic: true) { EpochText.seconds($0) }
    guard case .success(let seconds) = reading else { return (nil, .unreadable) }
    return (seconds, .strange)
  }

  private func saved() -> SavedRTC? {
    guard let bytes = host.store.get(Self.kept) else { return nil }
    let saved = SavedRTC(text: String(decoding: bytes, as: UTF8.self))
    if saved == nil {
      host.log(.warning, "what was kept of the battery-backed clock is not readable: it is learned anew")
    }
    return saved
  }

  private func act(_ action: RTCWatch.Action) {
    guard let watch else { return }
    switch action {
    case .save(let saved):
      let bytes = Array(saved.text.utf8)
      if host.store.put(Self.kept, bytes.span) != .ok {
        host.log(.warning, "the drift of \(options.device) is not kept")
      }
    case .wasSet: host.log(.notice, "\(options.device): the clock was set; its drift is learned anew")
    case .clockBefore(let bound, let clock):
      host.event(
        .clockBeforeBound, source: source,
        "the clock shows \(RTCWatch.text(of: clock)), but by \(options.device) or what was kept it was "
          + "\(RTCWatch.text(of: bound)) already")
    case .changed:
      let text = "\(options.device): \(watch.text)"
      let isLost = watch.state == .refused(.unreadable)
      if wasLost && !isLost { host.event(.referenceFound, source: source, "\(options.device) can be read again") }
      wasLost = isLost
      switch watch.state {
      case .refused(.unreadable): host.event(.referenceLost, source: source, text)
      case .refused: host.event(.referenceUnfit, source: source, text)
      case .waiting, .bounding, .measured: host.log(.notice, text)
      }
    }
  }

  private func publishInfo(_ now: RawInstant) {
    guard source != 0, let watch else { return }
    info.fields.polls = watch.looks
    info.fields.replies = watch.measurements
    if watch.state == .measured || watch.state != shown { info.lastError = watch.text }
    shown = watch.state
    if case .refused = watch.state {} else { info.fields.last_reply_raw_ns = now.nanoseconds }
    host.sources.update(source, info)
  }

  // MARK: settings

  private func readSettings() -> RTCOptions? { host.settings.read { RTCSettings.read($0) } }

  private func use(_ options: RTCOptions) {
    self.options = options
    info.name = "rtc"
    info.address = options.device
    info.fields.flags = TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_NOSELECT
  }
}
