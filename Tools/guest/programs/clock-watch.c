// SPDX-License-Identifier: Apache-2.0
// clock-watch PHC SECONDS [INTERVAL_MS]: how far CLOCK_REALTIME is ahead of the true time, which is a PTP clock that nobody steers.
// A line each interval (1 s): CLOCK_MONOTONIC_RAW in s, the error in ns, the kernel's frequency with its tick in ppm, adjtimex's status bits,
// its state (TIME_OK ...), TAI - UTC, and the true time in s.
// It only reads. Both clocks are read in one snapshot (PTP_SYS_OFFSET_PRECISE), so the error has no error of its own.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <sys/timex.h>
#include <linux/ptp_clock.h>

static long long nanoseconds(struct ptp_clock_time t) { return t.sec * 1000000000LL + t.nsec; }

int main(int argc, char **argv) {
  int file = argc > 2 ? open(argv[1], O_RDWR) : -1;
  long interval = argc > 3 ? atol(argv[3]) * 1000000L : 1000000000L;
  if (file < 0) {
    perror("clock-watch PHC SECONDS [INTERVAL_MS]");
    return 2;
  }
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  long long end = 0;
  for (;;) {
    struct ptp_sys_offset_precise look;
    struct timex timex = {0};
    memset(&look, 0, sizeof look);
    if (ioctl(file, PTP_SYS_OFFSET_PRECISE, &look)) {
      perror("PTP_SYS_OFFSET_PRECISE");
      return 2;
    }
    int state = adjtimex(&timex);
    long long raw = nanoseconds(look.sys_monoraw);
    if (!end) end = raw + atoll(argv[2]) * 1000000000LL;
    printf("%.6f %lld %.6f %d %d %d %lld.%06u\n", raw / 1e9, nanoseconds(look.sys_realtime) - nanoseconds(look.device),
           timex.freq / 65536.0 + (timex.tick - 10000) * 100.0, timex.status, state, timex.tai, (long long)look.device.sec,
           look.device.nsec / 1000);
    fflush(stdout);
    if (raw >= end) return 0;
    next.tv_nsec += interval % 1000000000L;
    next.tv_sec += interval / 1000000000L + next.tv_nsec / 1000000000L;
    next.tv_nsec %= 1000000000L;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, 0);
  }
}
