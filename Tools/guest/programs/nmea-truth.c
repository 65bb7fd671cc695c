// SPDX-License-Identifier: Apache-2.0
// nmea-truth PHC TTY LATE_MS: a GNSS receiver whose clock is a PTP clock: RMC, GGA, GSA and ZDA of each of its seconds, the first byte LATE_MS after it.
// The tty is a UART that is switched to its loopback (TIOCM_LOOP): what is written to it comes in by it, so that another program reads it
// from a real serial line. It is opened before that program opens it, and by another name where that looks for rivals by name.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifndef TIOCM_LOOP
#define TIOCM_LOOP 0x8000  // asm-generic/termios.h, which the C library's does not go with
#endif

static char message[512];

static void sentence(const char *body) {
  unsigned char sum = 0;
  for (const char *c = body; *c; ++c) sum ^= (unsigned char)*c;
  size_t length = strlen(message);
  snprintf(message + length, sizeof message - length, "$%s*%02X\r\n", body, sum);
}

int main(int argc, char **argv) {
  int clock_file = argc > 3 ? open(argv[1], O_RDWR) : -1, line = argc > 3 ? open(argv[2], O_RDWR | O_NOCTTY) : -1;
  struct termios settings;
  int loop = TIOCM_LOOP;
  if (clock_file < 0 || line < 0 || tcgetattr(line, &settings)) {
    perror("nmea-truth PHC TTY LATE_MS");
    return 1;
  }
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  cfsetspeed(&settings, B9600);
  if (tcsetattr(line, TCSANOW, &settings) || ioctl(line, TIOCMBIS, &loop)) {
    perror("loopback");
    return 1;
  }
  // FD_TO_CLOCKID of clock_gettime(2)
  clockid_t clock = (~(clockid_t)clock_file << 3) | 3;
  long long late = atoll(argv[3]) * 1000000LL;
  for (;;) {
    struct timespec now;
    clock_gettime(clock, &now);
    long long since = now.tv_sec * 1000000000LL + now.tv_nsec - late;
    long long wait = 1000000000LL - since % 1000000000LL;
    nanosleep(&(struct timespec){wait / 1000000000LL, wait % 1000000000LL}, NULL);
    time_t second = (time_t)(since / 1000000000LL) + 1;
    struct tm at;
    gmtime_r(&second, &at);
    char time_of_day[16], date[8], body[120];
    strftime(time_of_day, sizeof time_of_day, "%H%M%S.00", &at);
    strftime(date, sizeof date, "%d%m%y", &at);
    *message = 0;
    snprintf(body, sizeof body, "GPRMC,%s,A,4807.0380,N,01131.0000,E,0.02,84.4,%s,0.0,E,A", time_of_day, date);
    sentence(body);
    snprintf(body, sizeof body, "GPGGA,%s,4807.0380,N,01131.0000,E,1,08,0.9,545.4,M,46.9,M,,", time_of_day);
    sentence(body);
    sentence("GPGSA,A,3,04,05,09,12,24,25,29,31,,,,,1.5,0.9,1.2");
    strftime(date, sizeof date, "%d,%m,", &at);
    snprintf(body, sizeof body, "GPZDA,%s,%s%d,00,00", time_of_day, date, at.tm_year + 1900);
    sentence(body);
    if (write(line, message, strlen(message)) < 0) {
      perror("write");
      return 1;
    }
  }
}
