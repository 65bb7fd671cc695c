// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clinux/datagram.h"

const uint32_t clinux_sof_tx_software = SOF_TIMESTAMPING_TX_SOFTWARE, clinux_sof_tx_hardware = SOF_TIMESTAMPING_TX_HARDWARE,
               clinux_sof_rx_software = SOF_TIMESTAMPING_RX_SOFTWARE, clinux_sof_rx_hardware = SOF_TIMESTAMPING_RX_HARDWARE,
               clinux_sof_software = SOF_TIMESTAMPING_SOFTWARE, clinux_sof_raw_hardware = SOF_TIMESTAMPING_RAW_HARDWARE,
               clinux_sof_opt_id = SOF_TIMESTAMPING_OPT_ID, clinux_sof_opt_tsonly = SOF_TIMESTAMPING_OPT_TSONLY,
               clinux_sof_opt_cmsg = SOF_TIMESTAMPING_OPT_CMSG, clinux_sof_opt_tx_swhw = SOF_TIMESTAMPING_OPT_TX_SWHW,
               clinux_sof_opt_pktinfo = SOF_TIMESTAMPING_OPT_PKTINFO,
               // Linux 6.12; headers may be older.
               clinux_sof_opt_rx_filter = 1u << 17;

static int32_t set(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

// Plain SOCK_DGRAM and fcntl, not SOCK_NONBLOCK: the minimal profile's surface.
int32_t clinux_udp_open(int32_t family) {
  int fd = socket(family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return -errno;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int32_t clinux_udp_ipv6_only(int32_t fd) { return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1); }

int32_t clinux_udp_packet_info(int32_t fd, int32_t family) {
  return family == 6 ? set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) : set(fd, IPPROTO_IP, IP_PKTINFO, 1);
}

int32_t clinux_udp_report_errors(int32_t fd, int32_t family) {
  return family == 6 ? set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1) : set(fd, IPPROTO_IP, IP_RECVERR, 1);
}

// PROBE, not DO: the flag is set all the same, and a forged "fragmentation needed" changes nothing.
int32_t clinux_udp_dont_fragment(int32_t fd, int32_t family) {
  return family == 6 ? set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE)
                     : set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
}

int32_t clinux_udp_brief_stamps(int32_t fd, int32_t on) { return set(fd, SOL_SOCKET, SO_TIMESTAMPNS, on); }
int32_t clinux_udp_reuse_port(int32_t fd) { return set(fd, SOL_SOCKET, SO_REUSEPORT, 1); }
int32_t clinux_udp_busy_poll(int32_t fd, int32_t microseconds) {
  int32_t result = set(fd, SOL_SOCKET, SO_BUSY_POLL, microseconds);
  // A further help, with a right of its own.
  if (result >= 0) set(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, 1);
  return result;
}
int32_t clinux_udp_receive_buffer(int32_t fd, int32_t bytes) { return set(fd, SOL_SOCKET, SO_RCVBUF, bytes); }

int32_t clinux_udp_to_device(int32_t fd, const char *device) {
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1) < 0 ? -errno : 0;
}

int32_t clinux_udp_timestamping(int32_t fd, uint32_t flags) {
  return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) < 0 ? -errno : 0;
}

int32_t clinux_socket_error(int32_t fd) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? -errno : error;
}
