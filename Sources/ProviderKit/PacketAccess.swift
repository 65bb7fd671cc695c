// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// packet-io/1, the host's side: sockets with time stamps, which the host opens and owns.
@safe
public struct PacketAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_packet_io_t>?

  // Every call passes the host table that the extension came from, with buffers that live for the call and whose length is
  // passed along.

  public var isAvailable: Bool { unsafe table != nil }

  public struct SocketFlags: OptionSet, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bound to `local`, many peers; else a client's socket, connected to `peer`.
    public static let server = SocketFlags(rawValue: 1 << 0)
    public static let receiveStamps = SocketFlags(rawValue: 1 << 1)
    public static let transmitStamps = SocketFlags(rawValue: 1 << 2)
    public static let dontFragment = SocketFlags(rawValue: 1 << 3)
    /// A server's socket bound to one address need not tell the local address and interface of each packet.
    public static let plain = SocketFlags(rawValue: 1 << 4)
  }

  /// Opens a socket; its handle is never 0 and never used again. `workers`: on how many of them a server receives.
  /// [control or capture]
  public func open(
    _ flags: SocketFlags, local: SocketAddress = .none, peer: SocketAddress = .none, interface: String = "",
    receiveCapacity: UInt32 = 0, workers: UInt32 = 1
  ) -> Result<UInt32, SocketError> {
    guard let table = unsafe table, let open = unsafe table.pointee.open else { return .failure(.init(.unsupported)) }
    var options = tompion_socket_options_t()
    options.size = UInt32(MemoryLayout<tompion_socket_options_t>.size)
    options.flags = flags.rawValue
    options.local = local.abi
    options.peer = peer.abi
    options.receive_capacity = receiveCapacity
    options.workers = workers
    if !interface.isEmpty {
      unsafe withUnsafeMutableBytes(of: &options.interface_name) { bytes in
        for (index, byte) in interface.utf8.prefix(bytes.count - 1).enumerated() { unsafe bytes[index] = byte }
      }
    }
    var socket: UInt32 = 0
    let status = unsafe Status(rawValue: open(host, &options, &socket))
    return status == .ok ? .success(socket) : .failure(SocketError(status))
  }

  /// Nothing is delivered for the socket afterwards. [control or capture]
  public func close(_ socket: UInt32) {
    guard let table = unsafe table, let close = unsafe table.pointee.close else { return }
    unsafe close(host, socket)
  }

  /// Sends one datagram; the bytes are copied. `from` and `interface`: where it is to leave from, as the request that it answers told;
  /// `token` asks for a TX stamp by `Provider.transmitted`. False = refused. [capture]
  public func send(
    _ socket: UInt32, _ bytes: Span<UInt8>, to peer: SocketAddress = .none, from local: SocketAddress = .none,
    interface: UInt32 = 0, token: UInt64? = nil
  ) -> Bool {
    guard let table = unsafe table, let send = unsafe table.pointee.send else { return false }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      var packet = unsafe tompion_packet_t()
      // The host copies and does not write: send takes const packets.
      unsafe packet.bytes = UnsafeMutablePointer(mutating: buffer.baseAddress)
      unsafe packet.capacity = UInt32(truncatingIfNeeded: buffer.count)
      unsafe packet.length = UInt32(truncatingIfNeeded: buffer.count)
      unsafe packet.peer = peer.abi
      unsafe packet.local = local.abi
      unsafe packet.interface_index = interface
      if let token {
        unsafe packet.flags = TOMPION_PACKET_WANT_TX_STAMP
        unsafe packet.tx_token = token
      }
      return unsafe send(host, socket, &packet, 1) == 1
    }
  }

  /// The address a socket is bound to. [any]
  public func localAddress(_ socket: UInt32) -> SocketAddress? {
    guard let table = unsafe table, let find = unsafe table.pointee.local_address else { return nil }
    var address = tompion_address_t()
    guard unsafe find(host, socket, &address) == TOMPION_OK else { return nil }
    return SocketAddress(address)
  }

  /// A prefix of this host's own interfaces.
  public struct Network: Hashable, Sendable {
    public var address: SocketAddress
    public var prefixLength: UInt8
    public var interfaceIndex: UInt32
  }

  /// The prefixes of this host's interfaces, for access lists. [control]
  public func localNetworks() -> [Network] {
    guard let table = unsafe table, let list = unsafe table.pointee.local_networks else { return [] }
    let room = unsafe list(host, nil, nil, nil, 0)
    guard room > 0 else { return [] }
    var addresses = [tompion_address_t](repeating: tompion_address_t(), count: Int(room))
    var lengths = [UInt8](repeating: 0, count: Int(room))
    var indices = [UInt32](repeating: 0, count: Int(room))
    let found = unsafe Int(min(list(host, &addresses, &lengths, &indices, room), room))
    return (0..<found).map {
      Network(address: SocketAddress(addresses[$0]), prefixLength: lengths[$0], interfaceIndex: indices[$0])
    }
  }

  /// The index of an interface, nil = there is none of that name. [control]
  public func interfaceIndex(_ name: String) -> UInt32? {
    guard let table = unsafe table, let find = unsafe table.pointee.interface_index else { return nil }
    let index = unsafe name.withCString { unsafe find(host, $0) }
    return index == 0 ? nil : index
  }

  /// Who holds a busy UDP port, "" = not known. [control]
  public func portHolder(_ address: SocketAddress) -> String {
    guard let table = unsafe table, let find = unsafe table.pointee.port_holder else { return "" }
    var abi = address.abi
    var text = [CChar](repeating: 0, count: 256)
    let length = unsafe Int(min(find(host, &abi, &text, 256), 255))
    return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Why a socket could not be opened.
public struct SocketError: Error, Hashable, Sendable {
  public var status: Status

  public init(_ status: Status) { self.status = status }
}
