// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clinux/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pps.h>
#include <linux/ptp_clock.h>
#include <linux/rtc.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct pps_ktime) == 16 && sizeof(struct pps_kparams) == 40 && sizeof(struct pps_fdata) == 64, "PPS layout");
_Static_assert(sizeof(struct ptp_extts_event) == 32 && sizeof(struct ptp_extts_request) == 16, "external stamp layout");

// Looked at before it is opened: to open some devices is to do something, and a pipe would wait for whoever writes. Where there is no
// sysfs entry to tell the class (pseudoterminals have none) it may be one.
static int32_t look(const char *path, const char *wanted, struct stat *status) {
  if (stat(path, status) < 0) return -errno;
  if (!S_ISCHR(status->st_mode)) return -ENODEV;
  char link[64], class[256];
  snprintf(link, sizeof link, "/sys/dev/char/%u:%u/subsystem", major(status->st_rdev), minor(status->st_rdev));
  ssize_t length = readlink(link, class, sizeof class - 1);
  if (length < 0) return 0;
  class[length] = 0;
  const char *name = strrchr(class, '/');
  return strcmp(name ? name + 1 : class, wanted) == 0 ? 0 : -ENODEV;
}

// What was looked at is what is open, in spite of whoever changed the path between.
static int32_t open_same(const char *path, int flags, const struct stat *before) {
  int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -errno;
  struct stat status;
  if (fstat(fd, &status) < 0 || !S_ISCHR(status.st_mode) || status.st_rdev != before->st_rdev) {
    close(fd);
    return -ENODEV;
  }
  return fd;
}

static int32_t open_class(const char *path, const char *class, struct stat *status) {
  int32_t error = look(path, class, status);
  if (error) return error;
  int fd = open_same(path, O_RDWR, status);
  return fd == -EACCES || fd == -EROFS ? open_same(path, O_RDONLY, status) : fd;
}

static const struct {
  uint32_t speed;
  speed_t code;
} speeds[] = {{1200, B1200},     {2400, B2400},     {4800, B4800},     {9600, B9600},       {19200, B19200},     {38400, B38400},
              {57600, B57600},   {115200, B115200}, {230400, B230400}, {460800, B460800},   {500000, B500000},   {576000, B576000},
              {921600, B921600}, {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000}, {2000000, B2000000},
              {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000}};

static int32_t set_line(int fd, uint32_t speed) {
  struct termios line;
  if (tcgetattr(fd, &line) < 0) return errno == EINVAL ? -ENOTTY : -errno;
  cfmakeraw(&line);
  line.c_cflag |= CLOCAL | CREAD;
  // HUPCL: a receiver that is fed by the line's signals is not to lose its fix because a daemon ended.
  line.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
  line.c_iflag &= ~(tcflag_t)(IXOFF | IXANY);
  line.c_cc[VMIN] = 1;
  line.c_cc[VTIME] = 0;
  if (speed) {
    size_t at = 0;
    while (at < sizeof speeds / sizeof *speeds && speeds[at].speed != speed) ++at;
    if (at == sizeof speeds / sizeof *speeds) return -EINVAL;
    if (cfsetispeed(&line, speeds[at].code) < 0 || cfsetospeed(&line, speeds[at].code) < 0) return -errno;
  }
  if (tcsetattr(fd, TCSANOW, &line) < 0) return -errno;
  // tcsetattr succeeds if anything of it could be done.
  struct termios now;
  if (tcgetattr(fd, &now) < 0) return -errno;
  if ((now.c_cflag & (CSIZE | PARENB | CSTOPB)) != CS8 || (speed && cfgetispeed(&now) != cfgetispeed(&line))) return -EINVAL;
  tcflush(fd, TCIFLUSH);
  return 0;
}

int32_t clinux_serial_open(const char *path, uint32_t speed) {
  struct stat status;
  int fd = open_class(path, "tty", &status);
  if (fd < 0) return fd;
  int32_t error = set_line(fd, speed);
  // Whoever else reads would take bytes away from us.
  if (!error && ioctl(fd, TIOCEXCL) < 0) error = -errno;
  if (!error) return fd;
  close(fd);
  return error;
}

static int32_t write_one(const char *path) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int32_t error = write(fd, "1", 1) == 1 ? 0 : -errno;
  close(fd);
  return error;
}

int32_t clinux_pps_open(const char *path, uint32_t edges, int32_t enable) {
  struct stat status;
  int fd = open_class(path, "pps", &status);
  if (fd < 0) return fd;
  int capabilities = 0;
  struct pps_kparams parameters;
  memset(&parameters, 0, sizeof parameters);
  int wanted = (edges & CLINUX_EDGE_ASSERT ? PPS_CAPTUREASSERT : 0) | (edges & CLINUX_EDGE_CLEAR ? PPS_CAPTURECLEAR : 0);
  int32_t error = 0;
  if (ioctl(fd, PPS_GETCAP, &capabilities) < 0)
    error = errno == ENOTTY ? -ENODEV : -errno;
  else if ((capabilities & wanted) != wanted)
    error = -EOPNOTSUPP;
  else if (ioctl(fd, PPS_GETPARAMS, &parameters) < 0)
    error = -errno;
  else if ((parameters.mode & wanted) != wanted) {
    parameters.api_version = PPS_API_VERS;
    parameters.mode = (parameters.mode | wanted | PPS_TSFMT_TSPEC) & capabilities;
    if (ioctl(fd, PPS_SETPARAMS, &parameters) < 0) error = -errno;
  }
  if (!error && enable) {
    char attribute[80];
    snprintf(attribute, sizeof attribute, "/sys/dev/char/%u:%u/device/pps_enable", major(status.st_rdev), minor(status.st_rdev));
    error = write_one(attribute);
  }
  if (!error) return fd;
  close(fd);
  return error;
}

int32_t clinux_pps_fetch(int32_t fd, clinux_pulses_t *pulses) {
  struct pps_fdata data;
  memset(&data, 0, sizeof data);
  if (ioctl(fd, PPS_FETCH, &data) < 0) return -errno;
  pulses->assert_sequence = data.info.assert_sequence;
  pulses->clear_sequence = data.info.clear_sequence;
  pulses->assert_ns = data.info.assert_tu.sec * INT64_C(1000000000) + data.info.assert_tu.nsec;
  pulses->clear_ns = data.info.clear_tu.sec * INT64_C(1000000000) + data.info.clear_tu.nsec;
  return 0;
}

static int32_t open_phc(const char *path) {
  struct stat status;
  int32_t error = look(path, "ptp", &status);
  return error ? error : open_same(path, O_RDWR, &status);
}

int32_t clinux_phc_request_external(const char *path, uint32_t channel, uint32_t pin, uint32_t edges) {
  int fd = open_phc(path);
  if (fd < 0) return fd;
  int32_t error = 0;
  if (pin != UINT32_MAX) {
    struct ptp_pin_desc description;
    memset(&description, 0, sizeof description);
    description.index = pin;
    description.func = PTP_PF_EXTTS;
    description.chan = channel;
    if (ioctl(fd, PTP_PIN_SETFUNC, &description) < 0) error = -errno;
  }
  struct ptp_extts_request request;
  memset(&request, 0, sizeof request);
  request.index = channel;
  request.flags = PTP_ENABLE_FEATURE | (edges & CLINUX_EDGE_ASSERT ? PTP_RISING_EDGE : 0u) |
                  (edges & CLINUX_EDGE_CLEAR ? PTP_FALLING_EDGE : 0u);
  // The second form refuses edges that the card cannot tell apart; the first one takes what it gets.
  if (!error && ioctl(fd, PTP_EXTTS_REQUEST2, &request) < 0 && ioctl(fd, PTP_EXTTS_REQUEST, &request) < 0) error = -errno;
  close(fd);
  return error;
}

int32_t clinux_phc_enable_pps(const char *path) {
  int fd = open_phc(path);
  if (fd < 0) return fd;
  int32_t error = ioctl(fd, PTP_ENABLE_PPS, 1) < 0 ? -errno : 0;
  close(fd);
  return error;
}

int32_t clinux_phc_external(int32_t fd, clinux_external_stamp_t *stamps, uint32_t capacity) {
  struct ptp_extts_event events[32];
  if (capacity > 32) capacity = 32;
  // The PTP clocks' read waits for an event whatever O_NONBLOCK says (drivers/ptp/ptp_chardev.c).
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  int count_ready = poll(&ready, 1, 0);
  if (count_ready < 0) return errno == EINTR ? 0 : -errno;
  if (ready.revents & (POLLERR | POLLHUP | POLLNVAL)) return -ENODEV;
  if (!(ready.revents & POLLIN)) return 0;
  ssize_t got;
  do got = read(fd, events, capacity * sizeof *events);
  while (got < 0 && errno == EINTR);
  if (got < 0) return errno == EAGAIN ? 0 : -errno;
  uint32_t count = (uint32_t)((size_t)got / sizeof *events);
  for (uint32_t i = 0; i < count; ++i) {
    stamps[i].device = events[i].t.sec * INT64_C(1000000000) + (int64_t)events[i].t.nsec;
    stamps[i].channel = events[i].index;
    stamps[i].reserved = 0;
  }
  return (int32_t)count;
}

#define SEGMENT_KEY 0x4e545030

int32_t clinux_segment_attach(uint32_t unit, uint32_t flags, void **address) {
  if (unit > 255) return -EINVAL;
  int writes = (flags & CLINUX_SEGMENT_WRITE) != 0;
  int id = shmget((key_t)(SEGMENT_KEY + unit), CLINUX_SEGMENT_BYTES, writes ? IPC_CREAT | 0600 : 0);
  if (id < 0) return -errno;
  void *memory = shmat(id, NULL, writes ? 0 : SHM_RDONLY);
  if (memory == (void *)-1) return -errno;
  // Asked once it is attached: what is looked at is what is read.
  struct shmid_ds status;
  int32_t error = shmctl(id, IPC_STAT, &status) < 0 ? -errno : 0;
  if (!error && status.shm_segsz < CLINUX_SEGMENT_BYTES) error = -EINVAL;
  if (!error && !(flags & CLINUX_SEGMENT_ANY_OWNER)) {
    uid_t own = geteuid();
    if ((status.shm_perm.uid != 0 && status.shm_perm.uid != own) || (status.shm_perm.cuid != 0 && status.shm_perm.cuid != own) ||
        (status.shm_perm.mode & 022))
      error = -EACCES;
  }
  if (error) {
    shmdt(memory);
    return error;
  }
  *address = memory;
  return 0;
}

void clinux_segment_detach(void *address) { shmdt(address); }

int32_t clinux_segment_copy(const void *address, void *copy) {
  const uint32_t *from = address;
  uint32_t *to = copy;
  for (unsigned i = 0; i < CLINUX_SEGMENT_BYTES / 4; ++i) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  for (unsigned i = 0; i < CLINUX_SEGMENT_BYTES / 4; ++i)
    if (to[i] != __atomic_load_n(from + i, __ATOMIC_RELAXED)) return 0;
  return 1;
}

// Places of struct shmTime: mode 0, count 4, valid 48.
uint32_t clinux_segment_count(const void *address) { return __atomic_load_n((const uint32_t *)address + 1, __ATOMIC_RELAXED); }

int32_t clinux_segment_publish(void *address, const void *image, uint32_t *expected) {
  uint32_t *to = address;
  const uint32_t *from = image;
  uint32_t count = clinux_segment_count(address);
  if (count != *expected) {
    *expected = count;
    return 0;
  }
  *expected = count + 2;
  __atomic_store_n(to + 12, 0, __ATOMIC_RELAXED);
  __atomic_store_n(to, 1, __ATOMIC_RELAXED);
  __atomic_store_n(to + 1, count + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  for (unsigned i = 2; i < CLINUX_SEGMENT_BYTES / 4; ++i)
    if (i != 12) __atomic_store_n(to + i, from[i], __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  __atomic_store_n(to + 1, count + 2, __ATOMIC_RELAXED);
  __atomic_store_n(to + 12, 1, __ATOMIC_RELEASE);
  return 1;
}

int32_t clinux_segment_create(uint32_t unit, uint32_t mode) {
  int id = shmget((key_t)(SEGMENT_KEY + unit), CLINUX_SEGMENT_BYTES, IPC_CREAT | IPC_EXCL | (int)(mode & 0777));
  return id < 0 ? -errno : 0;
}

void clinux_segment_remove(uint32_t unit) {
  int id = shmget((key_t)(SEGMENT_KEY + unit), 1, 0);
  if (id >= 0) shmctl(id, IPC_RMID, NULL);
}

_Static_assert(sizeof(struct rtc_time) == 36, "time of day layout");

int32_t clinux_rtc_open(const char *path) {
  struct stat status;
  int32_t error = look(path, "rtc", &status);
  return error ? error : open_same(path, O_RDONLY, &status);
}

int32_t clinux_rtc_read(int32_t fd, int64_t *seconds) {
  struct rtc_time shown;
  if (ioctl(fd, RTC_RD_TIME, &shown) < 0) return -errno;
  struct tm day = {.tm_sec = shown.tm_sec, .tm_min = shown.tm_min, .tm_hour = shown.tm_hour,
                   .tm_mday = shown.tm_mday, .tm_mon = shown.tm_mon, .tm_year = shown.tm_year};
  *seconds = timegm(&day);
  return 0;
}

int32_t clinux_rtc_set(int32_t fd, int64_t seconds) {
  struct tm day;
  time_t time = seconds;
  if (!gmtime_r(&time, &day)) return -ERANGE;
  struct rtc_time wanted = {.tm_sec = day.tm_sec, .tm_min = day.tm_min, .tm_hour = day.tm_hour,
                            .tm_mday = day.tm_mday, .tm_mon = day.tm_mon, .tm_year = day.tm_year,
                            .tm_wday = day.tm_wday, .tm_yday = day.tm_yday, .tm_isdst = 0};
  return ioctl(fd, RTC_SET_TIME, &wanted) < 0 ? -errno : 0;
}
