// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Making the descriptor that a socket is. Nothing is allocated, unless it is bound to an interface.
extension UDPSocket {
  package struct Opened: Sendable, BitwiseCopyable {
    package var descriptor: Int32
    package var local: SocketAddress
    /// SOF_TIMESTAMPING_* that were taken; 0 = none.
    package var stampFlags: UInt32
    package var stampsReception: Bool
    package var stampsTransmission: Bool

    package init(
      descriptor: Int32, local: SocketAddress, stampFlags: UInt32, stampsReception: Bool, stampsTransmission: Bool
    ) {
      self.descriptor = descriptor
      self.local = local
      self.stampFlags = stampFlags
      self.stampsReception = stampsReception
      self.stampsTransmission = stampsTransmission
    }
  }

  /// Opens, binds and connects; nothing is left open on failure.
  package static func open(_ options: UDPSocketOptions, _ profile: KernelProfile) throws(KernelError) -> Opened {
    let peer = options.peer
    let family = options.local.family != .none ? options.local.family : peer?.family ?? .ipv4
    if let peer, peer.family != family {
      throw KernelError("connect an IPv4 socket to IPv6, or the reverse", errno: EAFNOSUPPORT)
    }
    let number = Int32(family.rawValue)
    if options.sharePort, options.isFirstOfPort { try probe(options, family) }
    let fd = try KernelError.check(clinux_udp_open(number), "open a UDP socket")
    do throws(KernelError) {
      if family == .ipv6 { _ = try KernelError.check(clinux_udp_ipv6_only(fd), "keep the socket to IPv6") }
      if !options.interface.isEmpty {
        let result = unsafe options.interface.withCString { unsafe clinux_udp_to_device(fd, $0) }
        _ = try KernelError.check(result, "bind the socket to the interface")
      }
      if options.sharePort { _ = try KernelError.check(clinux_udp_reuse_port(fd), "share the UDP port") }
      if options.packetInformation {
        _ = try KernelError.check(clinux_udp_packet_info(fd, number), "ask for packet information")
        // A convenience: without it the socket's pending error still tells.
        _ = clinux_udp_report_errors(fd, number)
      }
      if options.dontFragment { _ = try KernelError.check(clinux_udp_dont_fragment(fd, number), "forbid fragments") }
      if options.receiveBuffer > 0 { _ = clinux_udp_receive_buffer(fd, Int32(clamping: options.receiveBuffer)) }
      let flags = enableStamps(fd, options, profile)
      if options.local.family != .none {
        var address = options.local.c
        _ = try KernelError.check(unsafe clinux_udp_bind(fd, &address), "bind the UDP socket")
      }
      if let peer {
        var address = peer.c
        _ = try KernelError.check(unsafe clinux_udp_connect(fd, &address), "connect the UDP socket")
      }
      // The address of our own struct, for the call.
      var bound = clinux_address_t()
      _ = try KernelError.check(unsafe clinux_udp_local(fd, &bound), "read the socket's address")
      return Opened(
        descriptor: fd, local: SocketAddress(bound), stampFlags: flags,
        stampsReception: options.receiveStamps
          && flags & (clinux_sof_rx_software | clinux_sof_opt_rx_filter) != 0,
        stampsTransmission: options.transmitStamps && flags & clinux_sof_software != 0)
    } catch {
      _ = clinux_close(fd)
      throw error
    }
  }

  /// Binds and closes a socket that shares with nobody: a port that another program shares would bind, and half of the clients be lost.
  private static func probe(_ options: UDPSocketOptions, _ family: SocketAddress.Family) throws(KernelError) {
    guard options.local.family != .none, options.local.port != 0 else { return }
    let fd = try KernelError.check(clinux_udp_open(Int32(family.rawValue)), "open a UDP socket")
    defer { _ = clinux_close(fd) }
    if family == .ipv6 { _ = try KernelError.check(clinux_udp_ipv6_only(fd), "keep the socket to IPv6") }
    if !options.interface.isEmpty {
      // A C string of our own, for the call.
      let result = unsafe options.interface.withCString { unsafe clinux_udp_to_device(fd, $0) }
      _ = try KernelError.check(result, "bind the socket to the interface")
    }
    var address = options.local.c
    _ = try KernelError.check(unsafe clinux_udp_bind(fd, &address), "bind the UDP socket")
  }

  private static func enableStamps(_ fd: Int32, _ options: UDPSocketOptions, _ profile: KernelProfile) -> UInt32 {
    guard options.receiveStamps || options.transmitStamps else { return 0 }
    var flags = clinux_sof_software
    if options.receiveStamps { flags |= clinux_sof_rx_software }
    if options.transmitStamps { flags |= clinux_sof_opt_id }
    if profile == .minimal {
      if options.transmitStamps { flags |= clinux_sof_tx_software }
      return clinux_udp_timestamping(fd, flags) >= 0 ? flags : 0
    }
    // Per packet: who wants a TX stamp says so with the packet. Richest first, then what older kernels take.
    if !options.hardware.isEmpty {
      // With the packet, not only its number: the kernel tells with it by which interface it left.
      let hardware =
        clinux_sof_raw_hardware | clinux_sof_opt_tx_swhw | clinux_sof_opt_cmsg
        | (options.receiveStamps ? clinux_sof_rx_hardware | clinux_sof_opt_pktinfo : 0)
      if clinux_udp_timestamping(fd, flags | hardware) >= 0 { return flags | hardware }
    }
    let only = options.transmitStamps ? clinux_sof_opt_tsonly : 0
    if options.briefStamps, options.receiveStamps, options.hardware.isEmpty,
      clinux_udp_brief_stamps(fd, 1) >= 0
    {
      if !options.transmitStamps { return clinux_sof_rx_software }
      // RX stamps by the brief form alone, TX stamps as ever; kernels before 6.12 would bring the first in both forms.
      let transmission = clinux_sof_software | clinux_sof_opt_id | only | clinux_sof_opt_rx_filter
      if clinux_udp_timestamping(fd, transmission) >= 0 { return transmission }
      _ = clinux_udp_brief_stamps(fd, 0)
    }
    if clinux_udp_timestamping(fd, flags | only) >= 0 { return flags | only }
    return clinux_udp_timestamping(fd, flags) >= 0 ? flags : 0
  }
}
