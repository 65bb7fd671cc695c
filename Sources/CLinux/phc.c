// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/phc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ptp_clock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct ptp_clock_time) == 16, "PTP time layout");
_Static_assert(sizeof(struct ptp_sys_offset_precise) == 64, "cross stamp layout");
_Static_assert(sizeof(struct ptp_sys_offset_extended) == 16 + PTP_MAX_SAMPLES * 48, "bracketed readings layout");
_Static_assert(sizeof(struct ptp_sys_offset) == 16 + (2 * PTP_MAX_SAMPLES + 1) * 16, "plain readings layout");

static int64_t nanoseconds(const struct ptp_clock_time *time) {
  return time->sec * INT64_C(1000000000) + (int64_t)time->nsec;
}

// Whether a character device is of the class ptp; where there is no sysfs to ask, it may be.
static int may_be_ptp(const struct stat *status) {
  char link[64], class[256];
  snprintf(link, sizeof link, "/sys/dev/char/%u:%u/subsystem", major(status->st_rdev), minor(status->st_rdev));
  ssize_t length = readlink(link, class, sizeof class - 1);
  if (length < 0) return 1;
  class[length] = 0;
  const char *name = strrchr(class, '/');
  return strcmp(name ? name + 1 : class, "ptp") == 0;
}

int32_t clinux_real_path(const char *path, char *real, size_t capacity) {
  char *found = realpath(path, NULL);
  if (!found) return -errno;
  size_t length = strlen(found);
  int fits = length < capacity;
  if (fits) memcpy(real, found, length + 1);
  free(found);
  return fits ? (int32_t)length : -ENAMETOOLONG;
}

int32_t clinux_device_number(const char *path, uint64_t *number) {
  struct stat status;
  if (stat(path, &status) < 0) return -errno;
  if (!S_ISCHR(status.st_mode)) return -ENODEV;
  *number = status.st_rdev;
  return 0;
}

int32_t clinux_phc_open(const char *path, int32_t writable) {
  // Looked at first: to open some devices is to do something, and a pipe would wait for whoever writes.
  struct stat before;
  if (stat(path, &before) < 0) return -errno;
  if (!S_ISCHR(before.st_mode) || !may_be_ptp(&before)) return -ENODEV;
  int fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -errno;
  struct stat status;
  if (fstat(fd, &status) < 0 || !S_ISCHR(status.st_mode)) {
    close(fd);
    return -ENODEV;
  }
  return fd;
}

// FD_TO_CLOCKID of the kernel's own documentation (Documentation/driver-api/ptp.rst).
int32_t clinux_phc_clock(int32_t fd) { return (int32_t)((~(uint32_t)fd << 3) | 3); }

int32_t clinux_phc_describe(int32_t fd, clinux_phc_capabilities_t *capabilities) {
  struct ptp_clock_caps caps;
  memset(&caps, 0, sizeof caps);
  if (ioctl(fd, PTP_CLOCK_GETCAPS, &caps) < 0) return -errno;
  capabilities->maximum_adjustment = caps.max_adj;
  capabilities->alarms = caps.n_alarm;
  capabilities->external_stamps = caps.n_ext_ts;
  capabilities->periodic_outputs = caps.n_per_out;
  capabilities->pps = caps.pps;
  capabilities->pins = caps.n_pins;
  capabilities->cross_stamping = caps.cross_timestamping;
  capabilities->phase_adjustment = caps.adjust_phase;
  return 0;
}

int32_t clinux_phc_precise(int32_t fd, clinux_cross_stamp_t *stamp) {
  struct ptp_sys_offset_precise offset;
  memset(&offset, 0, sizeof offset);
  if (ioctl(fd, PTP_SYS_OFFSET_PRECISE, &offset) < 0) return -errno;
  stamp->device = nanoseconds(&offset.device);
  stamp->realtime = nanoseconds(&offset.sys_realtime);
  stamp->raw = nanoseconds(&offset.sys_monoraw);
  return 0;
}

static uint32_t bounded(uint32_t readings) {
  return readings == 0 ? 1 : readings < PTP_MAX_SAMPLES ? readings : PTP_MAX_SAMPLES;
}

static void narrowest(const struct ptp_clock_time *before, const struct ptp_clock_time *device, const struct ptp_clock_time *after,
                      int64_t *best, clinux_device_bracket_t *bracket) {
  int64_t width = nanoseconds(after) - nanoseconds(before);
  if (width < 0 || width >= *best) return;
  *best = width;
  bracket->raw_before = nanoseconds(before);
  bracket->clock = nanoseconds(device);
  bracket->raw_after = nanoseconds(after);
}

int32_t clinux_phc_extended(int32_t fd, int32_t clock, uint32_t readings, clinux_device_bracket_t *bracket) {
  struct ptp_sys_offset_extended offset;
  memset(&offset, 0, sizeof offset);
  offset.n_samples = bounded(readings);
  // The first reserved word became the clock's id in Linux 6.12; before that anything but 0 (CLOCK_REALTIME) is EINVAL.
  offset.rsv[0] = (uint32_t)clock;
  if (ioctl(fd, PTP_SYS_OFFSET_EXTENDED, &offset) < 0) return -errno;
  int64_t best = INT64_MAX;
  for (uint32_t i = 0; i < offset.n_samples && i < PTP_MAX_SAMPLES; ++i)
    narrowest(&offset.ts[i][0], &offset.ts[i][1], &offset.ts[i][2], &best, bracket);
  return best == INT64_MAX ? -EIO : 0;
}

int32_t clinux_phc_plain(int32_t fd, uint32_t readings, clinux_device_bracket_t *bracket) {
  struct ptp_sys_offset offset;
  memset(&offset, 0, sizeof offset);
  offset.n_samples = bounded(readings);
  if (ioctl(fd, PTP_SYS_OFFSET, &offset) < 0) return -errno;
  int64_t best = INT64_MAX;
  for (uint32_t i = 0; i < offset.n_samples && i < PTP_MAX_SAMPLES; ++i)
    narrowest(&offset.ts[2 * i], &offset.ts[2 * i + 1], &offset.ts[2 * i + 2], &best, bracket);
  return best == INT64_MAX ? -EIO : 0;
}
