// SPDX-License-Identifier: Apache-2.0
// clock-state: what the kernel keeps about CLOCK_REALTIME, as adjtimex(2) tells it: one `name number` a line. It only reads.
#include <stdio.h>
#include <sys/timex.h>

int main(void) {
  struct timex t = {0};
  int state = adjtimex(&t);
  printf("state %d\nstatus %d\noffset %ld\nfrequency %.6f\ntick %ld\n", state, t.status, t.offset, t.freq / 65536.0, t.tick);
  printf("maxerror %ld\nesterror %ld\nconstant %ld\ntai %d\n", t.maxerror, t.esterror, t.constant, t.tai);
  return 0;
}
