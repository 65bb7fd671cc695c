// SPDX-License-Identifier: Apache-2.0
// ntp-truth PHC [PORT [insert|delete MIDNIGHT]]: a stratum 1 server whose clock is a PTP clock, so that it stays true while a daemon under
// test steers CLOCK_REALTIME of the same kernel. Its stamps are those of user space. With a leap second it announces it until it has
// passed before MIDNIGHT (s since 1970), and is a second behind the PTP clock (insert) or ahead of it (delete) from then on.
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static int leap;                  // +1: inserted, -1: deleted, 0: none
static long long moment;          // when it is made, by the PTP clock

// Returns the leap indicator of that time.
static uint8_t stamp(clockid_t clock, uint8_t *field) {
  struct timespec t;
  clock_gettime(clock, &t);
  int passed = leap && t.tv_sec >= moment;
  if (passed) t.tv_sec -= leap;
  uint32_t seconds = htonl((uint32_t)(t.tv_sec + 2208988800LL));
  uint32_t fraction = htonl((uint32_t)(((uint64_t)t.tv_nsec << 32) / 1000000000u));
  memcpy(field, &seconds, 4);
  memcpy(field + 4, &fraction, 4);
  return passed || !leap ? 0 : leap > 0 ? 1 : 2;
}

int main(int argc, char **argv) {
  int file = argc > 1 ? open(argv[1], O_RDWR) : -1, link = socket(AF_INET, SOCK_DGRAM, 0);
  // FD_TO_CLOCKID of clock_gettime(2)
  clockid_t clock = (~(clockid_t)file << 3) | 3;
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(argc > 2 ? atoi(argv[2]) : 123))};
  if (file < 0 || link < 0 || bind(link, (struct sockaddr *)&own, sizeof own)) {
    perror("ntp-truth PHC [PORT [insert|delete MIDNIGHT]]");
    return 1;
  }
  if (argc > 4) {
    leap = strcmp(argv[3], "insert") ? -1 : 1;
    // 23:59:60 begins where midnight would have been; midnight comes where 23:59:59 would have been.
    moment = atoll(argv[4]) - (leap < 0);
  }
  for (;;) {
    uint8_t request[512], reply[48] = {0}, received[8];
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    ssize_t count = recvfrom(link, request, sizeof request, 0, (struct sockaddr *)&peer, &length);
    stamp(clock, received);
    if (count < 48 || (request[0] & 7) != 3) continue;
    reply[0] = (request[0] & 0x38) | 4;  // the request's version, mode 4
    reply[1] = 1;                        // stratum
    reply[2] = request[2];               // poll
    reply[3] = (uint8_t)-25;             // precision
    memcpy(reply + 12, "LAB", 3);
    memcpy(reply + 16, received, 8);
    memcpy(reply + 24, request + 40, 8);
    memcpy(reply + 32, received, 8);
    reply[0] |= (uint8_t)(stamp(clock, reply + 40) << 6);
    sendto(link, reply, sizeof reply, 0, (struct sockaddr *)&peer, length);
  }
}
