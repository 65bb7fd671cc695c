// SPDX-License-Identifier: Apache-2.0
// phc-step PHC SECONDS: moves a PTP hardware clock by so much (clock_adjtime with ADJ_SETOFFSET), as another program would.
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
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
  double by = atof(argv[2]);
  struct timex step = {.modes = ADJ_SETOFFSET | ADJ_NANO};
  step.time.tv_sec = (long)floor(by);
  step.time.tv_usec = (long)((by - floor(by)) * 1e9);
  if (syscall(SYS_clock_adjtime, ((~(unsigned)file) << 3) | 3, &step) < 0) {
    perror("clock_adjtime");
    return 2;
  }
  return 0;
}
