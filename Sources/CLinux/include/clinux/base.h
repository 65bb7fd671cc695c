// SPDX-License-Identifier: Apache-2.0
#ifndef CLINUX_BASE_H
#define CLINUX_BASE_H

#include <stddef.h>
#include <stdint.h>

// Tells Swift that a function takes no lock and allocates nothing, so that code annotated likewise may call it.
#if defined(__swift__)
#define CLINUX_REALTIME __attribute__((swift_attr("@_noLocks"))) __attribute__((swift_attr("@_noAllocation")))
#else
#define CLINUX_REALTIME
#endif

#endif
