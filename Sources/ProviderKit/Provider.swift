// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// A provider written in Swift: override what it needs and list it in a `ProviderCatalogue`.
///
/// The kit keeps the ladder of states (opened → inited → started ⇄ stopped → closed): a call out of its state is answered with
/// `Status.wrongState` and never arrives here. No two calls overlap (base.h) but those of several workers, so that nothing needs a lock;
/// what is for capture alone follows a `command` by a `CommandMailbox` and a timer. A class, because dispatch through it needs no
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

  /// A stream is connected, or listens; else it is dead and closed. [capture & started]
  open func streamOpened(_ stream: UInt32, _ status: Status) {}
  /// A listener has a new stream, which is open. [capture & started]
  open func streamAccepted(listener: UInt32, _ stream: UInt32, peer: SocketAddress) {}
  /// Bytes came, or one datagram; none = the other side has ended its direction. [capture & started]
  open func streamReceived(_ stream: UInt32, _ bytes: Span<UInt8>) {}
  /// There is room again after a `send` that took too few. [capture & started]
  open func streamWritable(_ stream: UInt32) {}
  /// The stream broke, and is closed. [capture & started]
  open func streamFailed(_ stream: UInt32, _ status: Status) {}
  /// Bytes of a serial line, and when the first of them was there by; or a whole segment of shared memory. [capture & started]
  open func deviceReceived(_ device: UInt32, _ bytes: Span<UInt8>, at stamp: Stamp) {}
  /// The edge of a pulse, or a reading of a hardware clock. [capture & started]
  open func deviceMarked(_ mark: DeviceMark) {}
  /// A device is gone (`Status.notFound`) or back (`Status.ok`). [capture & started]
  open func deviceChanged(_ device: UInt32, _ status: Status) {}
  /// The file behind the setting of a held secret is another one now. [control or capture & started]
  open func secretChanged(setting: String) {}
  /// This one, if it is an authenticator. A property and no cast: it is asked for each packet.
  var authenticator: Authenticator? { nil }

  /// A packet that was pending is decided; its bytes are a copy for this call. [capture & started]
  open func protectionDecided(_ association: UInt32, _ packet: Protection, _ bytes: Span<UInt8>) {}
  /// An association may be used from now on, or not (`status`, `reason`). `peer`: where its key exchange moved it, `none` = as
  /// configured. [capture & started]
  open func associationReady(_ association: UInt32, _ status: Status, peer: SocketAddress, reason: String) {}
}

/// Per-worker state of a provider that receives on several workers; subclass it.
open class ProviderWorker {
  public init() {}
}
