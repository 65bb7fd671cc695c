// SPDX-License-Identifier: Apache-2.0
// rtc-look PHC: how far the battery-backed clock (rtc0) is ahead of the true time, in ns, which is a PTP clock that nobody steers, and how far
// apart the two looks were between which its second changed. It only reads, by the kernel's file, so that it can be read while a daemon
// keeps /dev/rtc0 open.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <linux/ptp_clock.h>

static void end(const char *text) {
  perror(text);
  exit(2);
}

static long long truth(int file) {
  struct ptp_sys_offset_precise look;
  memset(&look, 0, sizeof look);
  if (ioctl(file, PTP_SYS_OFFSET_PRECISE, &look)) end("PTP_SYS_OFFSET_PRECISE");
  return look.device.sec * 1000000000LL + look.device.nsec;
}

static long long shown(int file) {
  char text[32] = "";
  if (pread(file, text, sizeof text - 1, 0) <= 0) end("since_epoch");
  return atoll(text);
}

int main(int argc, char **argv) {
  int phc = argc > 1 ? open(argv[1], O_RDWR) : -1;
  int clock = open("/sys/class/rtc/rtc0/since_epoch", O_RDONLY);
  if (phc < 0 || clock < 0) end("rtc-look PHC");
  long long began = truth(phc), before = began, second = shown(clock);
  for (;;) {
    long long now = shown(clock), after = truth(phc);
    if (now != second) {
      printf("%lld %lld\n", now * 1000000000LL - (before + after) / 2, after - before);
      return 0;
    }
    if (after - began > 3000000000LL) {
      fprintf(stderr, "rtc-look: it stands still\n");
      return 1;
    }
    before = after;
    nanosleep(&(struct timespec){0, 100000}, NULL);
  }
}
