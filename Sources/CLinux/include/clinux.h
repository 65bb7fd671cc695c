// SPDX-License-Identifier: Apache-2.0
// The fence around the kernel's C interface: macros, control messages and structs that Swift cannot import. Every function
// returns 0 or a count on success and -errno on failure, unless it says otherwise.
#ifndef CLINUX_H
#define CLINUX_H

#include "clinux/clock.h"
#include "clinux/datagram.h"
#include "clinux/device.h"
#include "clinux/passing.h"
#include "clinux/phc.h"
#include "clinux/process.h"
#include "clinux/sandbox.h"
#include "clinux/secret.h"
#include "clinux/stream.h"
#include "clinux/system.h"
#include "clinux/uring.h"

#endif
