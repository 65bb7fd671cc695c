// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// A provider written in Swift: override what it needs and list it in a `ProviderCatalogue`.
///
/// The kit keeps the ladder of states (opened → inited → started ⇄ stopped → closed): a call out of its state is answered with
/// `Status.wrongState` and never arrives here. Capture callbacks never overlap `start`, `stop` or `close`; they do run beside
/// `command`, which therefore hands its work over by a `CommandMailbox` and a timer. A class, because dispatch through it needs no
/// generic code and no allocation per packet.
open class Provider {
  /// The host of this provider; valid until `close` returns.
  public let host: Host

  /// Makes a provider. Only `Host.log` may be used yet. [control]
  public init(host: Host) { self.host = host }

  /// Reads settings, adds sources. [control & opened]
  open func initialize() -> Status { .ok }
  /// Opens sockets, arms timers. [control & inited or stopped]
  open func start() -> Status { .ok }
  /// Closes sockets, disarms timers; nothing of capture runs any more. [control & started]
  open func stop() {}
  /// The last call: whatever is still open is closed. [control & opened, inited or stopped]
  open func close() {}
  /// Handles a command within 500 ms. [control & inited, started or stopped]
  open func command(_ command: Command) -> Status { .unsupported }
  /// About once a second, if asked for by `Host.requestPoll`. [capture & started]
  open func poll(now: RawInstant) {}

  /// A worker's own state, kept by the kit and handed to its `receive`. [control]
  open func makeWorker(index: Int) -> ProviderWorker? { nil }
  /// A worker ends; its state is freed afterwards. [control]
  open func workerClosed(_ worker: ProviderWorker) {}
  /// Datagrams came on a socket. [capture & started]
  open func receive(_ batch: inout PacketBatch, socket: UInt32, worker: ProviderWorker?) {}
  /// A packet that asked for its TX stamp has left. [capture & started]
  open func transmitted(_ transmitted: Transmitted) {}
  /// The kernel reported an error for a socket (ICMP). [capture & started]
  open func failed(socket: UInt32, _ status: Status) {}
  /// A timer reached its deadline. [capture & started]
  open func expired(timer: UInt16, now: RawInstant) {}
  /// A name was looked up: addresses, or none and why. [capture & started]
  open func resolved(token: UInt64, _ status: Status, _ addresses: AddressList, reason: String) {}
}

/// Per-worker state of a provider that receives on several workers; subclass it.
open class ProviderWorker {
  public init() {}
}
