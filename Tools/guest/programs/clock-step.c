// SPDX-License-Identifier: Apache-2.0
// clock-step SECONDS: moves CLOCK_REALTIME by that much at once with clock_settime(2), as a careless program would, and prints where it is
// then, in ns since 1970. For the guest only: nothing but the guest's image is built with it.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
  long long move = argc > 1 ? (long long)(atof(argv[1]) * 1e9) : 0;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  long long now = t.tv_sec * 1000000000LL + t.tv_nsec + move;
  t.tv_sec = now / 1000000000LL;
  t.tv_nsec = now % 1000000000LL;
  if (move && clock_settime(CLOCK_REALTIME, &t)) {
    perror("clock_settime");
    return 1;
  }
  printf("%lld\n", now);
  return 0;
}
