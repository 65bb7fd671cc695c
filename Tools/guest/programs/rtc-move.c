// SPDX-License-Identifier: Apache-2.0
// rtc-move SECONDS: moves what the battery-backed clock of a PC shows by that much, and not where its seconds begin. By the chip's own ports, as
// a firmware would: the kernel's device may be kept open by a daemon. For the guest only: nothing but the guest's image is built with it.
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sys/io.h>

enum { SECOND = 0, MINUTE = 2, HOUR = 4, DAY = 7, MONTH = 8, YEAR = 9, STATE_A = 10, STATE_B = 11, UPDATING = 0x80, HALT = 0x80 };

static int get(int place) {
  outb(place, 0x70);
  return inb(0x71);
}

static void put(int place, int byte) {
  outb(place, 0x70);
  outb(byte, 0x71);
}

// Two decimal digits in a byte.
static int number(int place) { return get(place) / 16 * 10 + get(place) % 16; }
static void put_number(int place, int number) { put(place, number / 10 * 16 + number % 10); }

int main(int argc, char **argv) {
  // Nobody comes between the two accesses that each byte takes: the guest has one processor.
  struct sched_param first = {.sched_priority = 50};
  if (argc < 2 || sched_setscheduler(0, SCHED_FIFO, &first) || ioperm(0x70, 2, 1)) {
    perror("rtc-move SECONDS");
    return 2;
  }
  while (get(STATE_A) & UPDATING) {}
  int state = get(STATE_B);
  put(STATE_B, state | HALT);
  struct tm day = {.tm_sec = number(SECOND), .tm_min = number(MINUTE), .tm_hour = number(HOUR),
                   .tm_mday = number(DAY), .tm_mon = number(MONTH) - 1, .tm_year = number(YEAR) + 100};
  time_t moved = timegm(&day) + atoll(argv[1]);
  gmtime_r(&moved, &day);
  put_number(SECOND, day.tm_sec);
  put_number(MINUTE, day.tm_min);
  put_number(HOUR, day.tm_hour);
  put_number(DAY, day.tm_mday);
  put_number(MONTH, day.tm_mon + 1);
  put_number(YEAR, day.tm_year % 100);
  put(STATE_B, state);
  return 0;
}
