// SPDX-License-Identifier: Apache-2.0
// What the ways of receiving and sending a batch share inside the fence.
#ifndef CLINUX_BATCH_H
#define CLINUX_BATCH_H

#include "clinux/datagram.h"

#include <sys/socket.h>
#include <sys/uio.h>

// A TX stamp brings scm_timestamping (48) and an extended error with an offender (16 + 28), an RX packet also packet
// info (20): 512 holds every combination that is enabled here, twice.
#define CONTROL_BYTES 512
// Slots apart by an odd number of cache lines fall into different sets of the cache; by a power of two they would all meet in a few.
#define CONTROL_STRIDE (CONTROL_BYTES + 64)

struct clinux_batch {
  uint32_t slots;
  clinux_datagram_t *datagrams;
  struct mmsghdr *headers;
  struct iovec *vectors;
  struct sockaddr_storage *names;
  uint8_t *controls;
  uint32_t *order;  // which slot a header stands for when sending
  uint8_t *bytes;
  uint32_t capacity;
  uint32_t stride;  // from one slot's bytes to the next one's
};

void clinux_import_name(const struct sockaddr *name, size_t length, clinux_address_t *address);
// Forgets what a slot received before.
void clinux_clear_received(clinux_datagram_t *slot);

#endif
