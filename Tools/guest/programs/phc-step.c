// SPDX-License-Identifier: Apache-2.0
// phc-step PHC SECONDS: moves a PTP hardware clock by so much (clock_adjtime with ADJ_SETOFFSET), as another program would.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int file = argc > 2 ? open(argv[1], O_RDWR) : -1;
  if (file < 0) {
    perror("phc-step PHC SECONDS");
    return 2;
  }
  long long by = (long long)(atof(argv[2]) * 1e9);
  struct timex step = {.modes = ADJ_SETOFFSET | ADJ_NANO};
  // Seconds towards minus infinity, nanoseconds never negative.
  step.time.tv_sec = by / 1000000000 - (by % 1000000000 < 0);
  step.time.tv_usec = by - step.time.tv_sec * 1000000000LL;
  if (syscall(SYS_clock_adjtime, ((~(unsigned)file) << 3) | 3, &step) < 0) {
    perror("clock_adjtime");
    return 2;
  }
  return 0;
}
