// SPDX-License-Identifier: Apache-2.0
// Everything a provider can use: the core and every capability. Include this, or just the headers you need.
#ifndef TOMPION_PROVIDER_H
#define TOMPION_PROVIDER_H

#include "tompion/module.h"
#include "tompion/ext/authenticate.h"
#include "tompion/ext/clock-info.h"
#include "tompion/ext/device-io.h"
#include "tompion/ext/event.h"
#include "tompion/ext/log.h"
#include "tompion/ext/packet-io.h"
#include "tompion/ext/realtime.h"
#include "tompion/ext/resolve.h"
#include "tompion/ext/secrets.h"
#include "tompion/ext/settings.h"
#include "tompion/ext/source.h"
#include "tompion/ext/store.h"
#include "tompion/ext/stream.h"
#include "tompion/ext/timer.h"

#endif
