// SPDX-License-Identifier: Apache-2.0

/// What it means for selection that a source proves itself: `auth_select`, with the four modes of chrony's `authselectmode`
/// (chrony.conf(5)).
///
/// Sources that are only watched (`noselect`) count as neither kind. Reference clocks have no network between them and this host: what a
/// policy gives to authenticated sources they get, too, but they never call it forth.
package enum AuthenticationPolicy: UInt8, Sendable, BitwiseCopyable, Equatable, CaseIterable {
  /// Of the network's sources only authenticated ones are followed.
  case require
  /// Where an authenticated one is configured, the others are not followed, also while it is silent: whoever can drop packets could
  /// otherwise have the others followed.
  case prefer
  /// Where both kinds are configured the authenticated ones are `trust` and `require`: they alone say where the truth lies, and the
  /// others are used as far as they agree.
  case mix
  /// No difference.
  case ignore

  /// How many of the network's sources there are of each kind, without those that are only watched.
  package struct Census: Sendable, BitwiseCopyable, Equatable {
    package var authenticated = 0
    package var unauthenticated = 0

    @_noAllocation @_noLocks
    package init(authenticated: Int = 0, unauthenticated: Int = 0) {
      self.authenticated = authenticated
      self.unauthenticated = unauthenticated
    }
  }

  /// A source's part in selection.
  package enum Role: Sendable, BitwiseCopyable, Equatable {
    /// As configured.
    case ordinary
    /// As configured, and `trust` and `require`.
    case trusted
    /// Not followed.
    case leftOut

    package var isTrusted: Bool {
      @_noAllocation @_noLocks get { if case .trusted = self { true } else { false } }
    }
    package var isLeftOut: Bool {
      @_noAllocation @_noLocks get { if case .leftOut = self { true } else { false } }
    }
  }

  /// The role of a source whose samples are proven or not, or come from a reference clock.
  @_noAllocation @_noLocks
  package func role(isProven: Bool, isReferenceClock: Bool, _ census: Census) -> Role {
    let isGood = isProven || isReferenceClock
    switch self {
    case .require: return isGood ? .ordinary : .leftOut
    case .prefer: return isGood || census.authenticated == 0 ? .ordinary : .leftOut
    case .mix: return isGood && census.authenticated > 0 && census.unauthenticated > 0 ? .trusted : .ordinary
    case .ignore: return .ordinary
    }
  }

  /// Whether one of the sources followed has to be a trusted one, although none is there at the moment.
  @_noAllocation @_noLocks
  package func requiresTrusted(_ census: Census) -> Bool {
    if case .mix = self { return census.authenticated > 0 && census.unauthenticated > 0 }
    return false
  }
}
