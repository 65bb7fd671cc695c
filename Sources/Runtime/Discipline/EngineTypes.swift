// SPDX-License-Identifier: Apache-2.0

import Engine
import Selection

// Engine and Report both speak of sources: the engine's as decisions, the report's as words for people. Files that
// turn one into the other need both, and a module that holds a type of its own name cannot qualify them.
typealias EngineSource = SourceReport
typealias EngineSourceState = SourceState
