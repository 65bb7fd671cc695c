// SPDX-License-Identifier: Apache-2.0

/// Whether a clock is driven or only watched: an observed one is never written to.
package enum SteeringMode: Sendable, BitwiseCopyable { case steer, observe }
