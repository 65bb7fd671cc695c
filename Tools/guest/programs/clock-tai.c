// SPDX-License-Identifier: Apache-2.0
// clock-tai SECONDS: tells the kernel TAI - UTC. For the guest only: nothing but the guest's image is built with it.
#include <stdio.h>
#include <stdlib.h>
#include <sys/timex.h>

int main(int argc, char **argv) {
  struct timex timex = {.modes = ADJ_TAI, .constant = argc > 1 ? atol(argv[1]) : 0};
  if (adjtimex(&timex) < 0) {
    perror("clock-tai SECONDS");
    return 1;
  }
  return 0;
}
