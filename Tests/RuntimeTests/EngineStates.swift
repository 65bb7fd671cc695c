// SPDX-License-Identifier: Apache-2.0

import Engine

// Report has states of the same names; see EngineTypes of Runtime.
typealias EngineSteering = SteeringState
typealias EngineSanity = SanityState
