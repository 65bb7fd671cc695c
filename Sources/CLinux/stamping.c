// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clinux/phc.h"

const int32_t clinux_hwtstamp_tx_off = HWTSTAMP_TX_OFF, clinux_hwtstamp_tx_on = HWTSTAMP_TX_ON,
              clinux_hwtstamp_filter_none = HWTSTAMP_FILTER_NONE, clinux_hwtstamp_filter_all = HWTSTAMP_FILTER_ALL,
              clinux_hwtstamp_filter_some = HWTSTAMP_FILTER_SOME, clinux_hwtstamp_filter_ntp_all = HWTSTAMP_FILTER_NTP_ALL,
              clinux_hwtstamp_filter_ptp = HWTSTAMP_FILTER_PTP_V2_EVENT;

// One request about an interface, by a socket of its own: asking needs no rights.
static int32_t ask(const char *device, unsigned long request, void *data) {
  struct ifreq interface;
  memset(&interface, 0, sizeof interface);
  if (strlen(device) >= sizeof interface.ifr_name) return -ENODEV;
  strcpy(interface.ifr_name, device);
  interface.ifr_data = data;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  int32_t result = ioctl(fd, request, &interface) < 0 ? -errno : 0;
  close(fd);
  return result;
}

int32_t clinux_stamping_describe(const char *device, clinux_stamping_abilities_t *abilities) {
  struct ethtool_ts_info info;
  memset(&info, 0, sizeof info);
  info.cmd = ETHTOOL_GET_TS_INFO;
  int32_t result = ask(device, SIOCETHTOOL, &info);
  if (result < 0) return result;
  abilities->flags = info.so_timestamping;
  abilities->phc = info.phc_index;
  abilities->tx_types = info.tx_types;
  abilities->rx_filters = info.rx_filters;
  return 0;
}

int32_t clinux_stamping_get(const char *device, clinux_stamping_t *stamping) {
  struct hwtstamp_config config;
  memset(&config, 0, sizeof config);
  int32_t result = ask(device, SIOCGHWTSTAMP, &config);
  if (result < 0) return result;
  stamping->tx_type = config.tx_type;
  stamping->rx_filter = config.rx_filter;
  return 0;
}

int32_t clinux_stamping_set(const char *device, clinux_stamping_t *stamping) {
  struct hwtstamp_config config;
  memset(&config, 0, sizeof config);
  config.tx_type = stamping->tx_type;
  config.rx_filter = stamping->rx_filter;
  int32_t result = ask(device, SIOCSHWTSTAMP, &config);
  if (result < 0) return result;
  stamping->tx_type = config.tx_type;
  stamping->rx_filter = config.rx_filter;
  return 0;
}

int32_t clinux_link_speed(const char *device) {
  // The kernel first says how many words of link modes it has, as a negative number; then it wants to hear that number.
  uint32_t room[sizeof(struct ethtool_link_settings) / 4 + 3 * 127];
  struct ethtool_link_settings *settings = (struct ethtool_link_settings *)room;
  memset(room, 0, sizeof room);
  settings->cmd = ETHTOOL_GLINKSETTINGS;
  if (ask(device, SIOCETHTOOL, room) < 0) return 0;
  int words = -settings->link_mode_masks_nwords;
  if (words <= 0 || words > 127) return 0;
  memset(room, 0, sizeof room);
  settings->cmd = ETHTOOL_GLINKSETTINGS;
  settings->link_mode_masks_nwords = (int8_t)words;
  if (ask(device, SIOCETHTOOL, room) < 0) return 0;
  return settings->speed > INT32_MAX ? 0 : (int32_t)settings->speed;
}
