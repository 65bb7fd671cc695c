// SPDX-License-Identifier: Apache-2.0
// ntp-ask ADDRESS: asks an NTP server once and prints its leap indicator as a number, 0 to 3; -1 where no answer came within a second.
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(123)};
  struct timeval patience = {.tv_sec = 1};
  uint8_t packet[48] = {4 << 3 | 3, [40] = 0x5a};
  int link = socket(AF_INET, SOCK_DGRAM, 0);
  if (argc < 2 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1 || setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
      connect(link, (struct sockaddr *)&server, sizeof server)) {
    perror("ntp-ask ADDRESS");
    return 1;
  }
  int answered = write(link, packet, sizeof packet) == sizeof packet && read(link, packet, sizeof packet) == sizeof packet;
  printf("%d\n", answered ? packet[0] >> 6 : -1);
  return 0;
}
