// SPDX-License-Identifier: Apache-2.0
// phc-ways PHC ROUNDS: a PTP clock read by every way that its driver knows, ten rounds a second. Of each way, as VALUE lines: how wide the narrowest of
// eight readings was (median), how far CLOCK_REALTIME - PHC was from what the best way said in the same round (median, and the greatest), and how often
// farther than both windows allow. SAYS: CLOCK_REALTIME - PHC of the last round, by the best way, ns. It only reads.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <linux/ptp_clock.h>

enum { READINGS = 8, MOST = 1000 };

typedef struct {
  long long offset, delay;  // CLOCK_REALTIME - PHC, and how wide the window is that it lies in, ns
} look_t;

static long long of_ptp(struct ptp_clock_time t) { return t.sec * 1000000000LL + t.nsec; }

static long long of_clock(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void keep(look_t *best, long long before, long long device, long long after) {
  look_t look = {before + (after - before) / 2 - device, after - before};
  if (best->delay < 0 || look.delay < best->delay) *best = look;
}

static int precise(int file, look_t *look) {
  struct ptp_sys_offset_precise p;
  memset(&p, 0, sizeof p);
  if (ioctl(file, PTP_SYS_OFFSET_PRECISE, &p)) return -1;
  *look = (look_t){of_ptp(p.sys_realtime) - of_ptp(p.device), 0};
  return 0;
}

static int extended(int file, look_t *look, clockid_t clock) {
  struct ptp_sys_offset_extended e;
  memset(&e, 0, sizeof e);
  e.n_samples = READINGS;
  e.rsv[0] = (unsigned)clock;  // clockid since Linux 6.12
  if (ioctl(file, PTP_SYS_OFFSET_EXTENDED, &e)) return -1;
  look->delay = -1;
  for (unsigned i = 0; i < READINGS; ++i) keep(look, of_ptp(e.ts[i][0]), of_ptp(e.ts[i][1]), of_ptp(e.ts[i][2]));
  return 0;
}

static int extended_real(int file, look_t *look) { return extended(file, look, CLOCK_REALTIME); }

// The raw counter's place is told by CLOCK_REALTIME between two readings of it.
static int extended_raw(int file, look_t *look) {
  if (extended(file, look, CLOCK_MONOTONIC_RAW)) return -1;
  look_t pair = {0, -1};
  for (int i = 0; i < READINGS; ++i) {
    long long before = of_clock(CLOCK_MONOTONIC_RAW), real = of_clock(CLOCK_REALTIME);
    keep(&pair, before, real, of_clock(CLOCK_MONOTONIC_RAW));
  }
  look->offset -= pair.offset;
  look->delay += pair.delay;
  return 0;
}

static int plain(int file, look_t *look) {
  struct ptp_sys_offset p;
  memset(&p, 0, sizeof p);
  p.n_samples = READINGS;
  if (ioctl(file, PTP_SYS_OFFSET, &p)) return -1;
  look->delay = -1;
  for (unsigned i = 0; i < READINGS; ++i) keep(look, of_ptp(p.ts[2 * i]), of_ptp(p.ts[2 * i + 1]), of_ptp(p.ts[2 * i + 2]));
  return 0;
}

static struct {
  const char *name;
  int (*read)(int file, look_t *look);
  int error;
  long long delay[MOST], difference[MOST];
  int outside;
} ways[] = {{"precise", precise}, {"extended_raw", extended_raw}, {"extended", extended_real}, {"plain", plain}};

static int rising(const void *a, const void *b) {
  long long x = *(const long long *)a, y = *(const long long *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  int file = argc > 2 ? open(argv[1], O_RDWR) : -1, rounds = argc > 2 ? atoi(argv[2]) : 0;
  if (file < 0 || rounds < 1 || rounds > MOST) {
    perror("phc-ways PHC ROUNDS");
    return 2;
  }
  look_t best = {0, -1};
  for (int round = 0; round < rounds; ++round) {
    best.delay = -1;
    for (unsigned w = 0; w < sizeof ways / sizeof *ways; ++w) {
      look_t look;
      if (ways[w].error) continue;
      if (ways[w].read(file, &look)) {
        ways[w].error = errno;
        printf("NOTE %s: %s\n", ways[w].name, strerror(errno));
        continue;
      }
      if (best.delay < 0) best = look;
      long long difference = look.offset - best.offset;
      ways[w].delay[round] = look.delay;
      ways[w].difference[round] = difference;
      if (2 * llabs(difference) > look.delay + best.delay + 2) ways[w].outside++;
    }
    nanosleep(&(struct timespec){0, 100000000}, NULL);
  }
  printf("SAYS %lld\n", best.offset);
  for (unsigned w = 0; w < sizeof ways / sizeof *ways; ++w) {
    if (ways[w].error) continue;
    long long worst = 0;
    for (int i = 0; i < rounds; ++i)
      if (llabs(ways[w].difference[i]) > worst) worst = llabs(ways[w].difference[i]);
    qsort(ways[w].delay, rounds, sizeof(long long), rising);
    qsort(ways[w].difference, rounds, sizeof(long long), rising);
    printf("VALUE %s_delay_ns %lld\nVALUE %s_difference_ns %lld\nVALUE %s_worst_ns %lld\nVALUE %s_outside %d\n", ways[w].name,
           ways[w].delay[rounds / 2], ways[w].name, ways[w].difference[rounds / 2], ways[w].name, worst, ways[w].name, ways[w].outside);
  }
  return 0;
}
