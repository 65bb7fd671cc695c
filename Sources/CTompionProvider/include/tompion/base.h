// SPDX-License-Identifier: Apache-2.0
// Version, status codes, roles and states: the words that every other header uses.
#ifndef TOMPION_BASE_H
#define TOMPION_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define TOMPION_STATIC_ASSERT(condition, text) static_assert(condition, text)
extern "C" {
#else
#define TOMPION_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

// The major version is in the name of the exported function, too; a host loads only its own major.
// The minor version rises when a capability is added; nothing that a plugin was compiled against ever changes.
#define TOMPION_ABI_MAJOR 1
#define TOMPION_ABI_MINOR 1

// Each function below is tagged [role & state].
// Roles:  [control]  one host thread; may block briefly, never longer than 500 ms.
//         [capture]  the provider's real-time thread (one at a time per worker; it may migrate): no allocation, lock or blocking call.
//         [any]      any thread, at any time between open and close.
// The host's calls into one provider never overlap, whatever their role (a command waits until a receive has returned and the
// other way round), so a provider needs no lock; except receive on several workers (MANY_WORKERS) and a thread of its own.
// States: opened -> inited -> started <-> stopped -> closed. "inited" in a tag means inited, started or stopped; inside `init`
// a provider may already do what "inited" allows, inside `start` what "started" allows.
// Ownership: a pointer argument is borrowed for the call unless its comment says otherwise. Module, descriptors and extension
// tables live as long as the process (the host never unloads a plugin). The host table lives from open until close returns.
// No C++ exception, Swift error or longjmp may cross.

// Whether the struct behind `pointer`, written by an older or newer side, has `field`.
#define TOMPION_HAS(type, pointer, field) \
  ((pointer)->size >= offsetof(type, field) + sizeof((pointer)->field))

// Status of a call: 0 is success, positive is "not now", negative is an error. A reader treats an unknown negative
// value as TOMPION_ERROR.
typedef int32_t tompion_status;
#define TOMPION_OK 0
#define TOMPION_AGAIN 1               // full or not ready: try later
#define TOMPION_ERROR (-1)            // anything that has no code of its own
#define TOMPION_UNSUPPORTED (-2)      // unknown command or capability; never fatal
#define TOMPION_INVALID (-3)          // an argument or a setting is wrong
#define TOMPION_WRONG_STATE (-4)      // not in this state
#define TOMPION_WRONG_ROLE (-5)       // not on this thread
#define TOMPION_NO_MEMORY (-6)
#define TOMPION_PERMISSION (-7)       // the host may not
#define TOMPION_ADDRESS_IN_USE (-8)
#define TOMPION_UNREACHABLE (-9)      // refused or no route
#define TOMPION_NOT_FOUND (-10)

// Timescales of a stamp or sample.
#define TOMPION_TIMESCALE_UTC 0
#define TOMPION_TIMESCALE_TAI 1
#define TOMPION_TIMESCALE_RAW 2       // CLOCK_MONOTONIC_RAW
#define TOMPION_TIMESCALE_OWN 3       // only differences mean anything

// Where a stamp was taken.
#define TOMPION_STAMP_NONE 0
#define TOMPION_STAMP_USER 1
#define TOMPION_STAMP_KERNEL 2
#define TOMPION_STAMP_HARDWARE 3

// RFC 5905, section 7.3.
#define TOMPION_LEAP_NONE 0
#define TOMPION_LEAP_INSERT 1
#define TOMPION_LEAP_DELETE 2
#define TOMPION_LEAP_UNSYNCHRONIZED 3

// The clock this provider's samples are measured against, unless a capability says otherwise.
#define TOMPION_CLOCK_SYSTEM 0

#ifdef __cplusplus
}
#endif
#endif
