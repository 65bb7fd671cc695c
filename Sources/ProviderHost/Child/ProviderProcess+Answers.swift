// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import TimeTypes

/// What a sandboxed child may not do itself, done for it as far as its configuration grants it. [control]
extension ProviderProcess {
  /// More questions than that in a second are answered with "later".
  static let questionsPerSecond = 1000
  /// Descriptors that may wait until a child takes them.
  static let passingLimit = 64

  /// Whether one more question of this second is answered; what takes a thread, a name server or a look through /proc costs as much as
  /// ten others.
  func mayAsk(_ now: RawInstant, isDear: Bool = false) -> Bool {
    if now - questionsSince >= .seconds(1) {
      questionsSince = now
      questionsAsked = 0
    }
    let wasWithin = questionsAsked <= Self.questionsPerSecond
    questionsAsked += isDear ? 10 : 1
    let isWithin = questionsAsked <= Self.questionsPerSecond
    if wasWithin, !isWithin { outbox.counters.count(.flood) }
    return isWithin
  }

  func answer(_ number: UInt32, _ question: ChildQuestion, now: RawInstant) {
    var isDear = false
    if case .portHolder = question { isDear = true }
    guard mayAsk(now, isDear: isDear) else {
      return send(.answer(number: number, .failed(errno: KernelError.wouldBlock)))
    }
    switch question {
    case .datagram(let options): open(options, number)
    case .open(let request): open(request, number)
    case .networks:
      let all = NetworkInterfaces.all().map {
        (address: $0.address, prefixLength: UInt8(clamping: $0.prefixLength), interface: $0.index)
      }
      send(.answer(number: number, .networks(all)))
    case .interfaceIndex(let name):
      send(.answer(number: number, .number(NetworkInterfaces.index(of: name))))
    case .portHolder(let address):
      // Who else runs here is told of ports it may have itself.
      let holder = grants.permitsPort(address.port) ? PortHolder.find(address)?.description : nil
      send(.answer(number: number, .text(holder ?? "")))
    }
  }

  private func open(_ options: UDPSocketOptions, _ number: UInt32) {
    // Open descriptors are the daemon's until they are read.
    guard passing < Self.passingLimit else {
      return send(.answer(number: number, .failed(errno: KernelError.wouldBlock)))
    }
    guard grants.permit(options) else {
      refuse("a UDP socket \(options.peer.map { "to \($0)" } ?? "at \(options.local)")")
      return send(.answer(number: number, .failed(errno: KernelError.accessDenied)))
    }
    do throws(KernelError) {
      let opened = try UDPSocket.open(options, .full)
      // Our own copy is closed once it has been sent.
      let descriptor = FileDescriptor(owning: opened.descriptor)
      let answer = ChildAnswer.datagram(
        local: opened.local, stampFlags: opened.stampFlags, reception: opened.stampsReception,
        transmission: opened.stampsTransmission)
      send(.answer(number: number, answer), passing: descriptor)
    } catch {
      send(.answer(number: number, .failed(errno: error.errno)))
    }
  }

  private func open(_ request: DescriptorRequest, _ number: UInt32) {
    guard passing < Self.passingLimit, socketFiles.count < Self.passingLimit else {
      return send(.answer(number: number, .failed(errno: KernelError.wouldBlock)))
    }
    let what: String
    let isGranted: Bool
    switch request {
    case .device(let device): (what, isGranted) = ("the device \(device.path)", grants.permits(path: device.path))
    case .stream(let stream): (what, isGranted) = ("a stream", grants.permits(stream))
    case .secret(let path, _): (what, isGranted) = ("the file \(path)", grants.permits(path: path))
    }
    guard isGranted else {
      refuse(what)
      return send(.answer(number: number, .failed(errno: KernelError.accessDenied)))
    }
    do throws(KernelError) {
      let opened = try SystemOpener().open(request)
      if let file = opened.file { socketFiles.append(file) }
      send(.answer(number: number, .opened), passing: opened.descriptor)
    } catch {
      send(.answer(number: number, .failed(errno: error.errno)))
    }
  }

  /// What the provider kept in its earlier lives.
  func sendStore() {
    for value in store?.values ?? [] {
      for part in StoredPart.parts(name: value.name, bytes: value.bytes, isSecret: value.isSecret) {
        send(.stored(part))
      }
    }
  }

  func keep(_ part: StoredPart) {
    guard let (name, bytes, isSecret) = parts.take(part), let store else { return }
    if store.put(name, bytes, isSecret: isSecret) != TOMPION_OK { outbox.counters.count(.badArgument) }
  }

  func resolve(_ name: String, family: UInt8, token: UInt64) {
    guard grants.permits(name: name) else {
      refuse("the address of \(printable(name))")
      return send(.resolved(token: token, status: TOMPION_PERMISSION, addresses: [], text: "no setting names it"))
    }
    if !resolver.start(name, family: family, token: token) {
      send(.resolved(token: token, status: TOMPION_AGAIN, addresses: [], text: "too many names are looked up at once"))
    }
  }

  /// Answers of the resolver, as they come.
  func tellAnswers() {
    while let answer = resolver.next() {
      let addresses = answer.addresses.map { SocketAddress($0) }
      for address in addresses { grants.note(address) }
      send(.resolved(token: answer.token, status: answer.status, addresses: addresses, text: answer.text))
    }
  }

  /// Counted, and said once for each launch.
  private func refuse(_ what: String) {
    outbox.counters.count(.notGranted)
    guard !hasToldRefusal else { return }
    hasToldRefusal = true
    log(
      UInt32(TOMPION_LOG_WARNING),
      "asked for \(what), which none of its settings names: refused (and so is what follows)")
  }
}
