// SPDX-License-Identifier: Apache-2.0

/// Which form a client's next request has. Nothing tells what a server can: Windows from 2012 on does both, Samba signs the short form
/// alone and drops the other. So `automatic` asks in the stronger form first, and in the other one when two requests stay without answer;
/// a form that was answered once is left only after eight.
package struct FormChoice: Hashable, Sendable {
  package enum Setting: String, Hashable, Sendable, CaseIterable {
    case automatic = "auto"
    case authenticator = "68"
    case extended = "120"
  }

  private let isFixed: Bool
  /// Of the last request.
  package private(set) var form: MessageForm
  /// Whether a server has answered in this form.
  private var isProven = false
  private var unanswered = 0

  private static let patience = 2
  private static let provenPatience = 8

  package init(_ setting: Setting, rid: UInt32) {
    switch setting {
    // A RID that does not fit into 31 bits has one form only.
    case .automatic: (form, isFixed) = (.extended, rid > KeySelection.largestShortRID)
    case .authenticator: (form, isFixed) = (.authenticator, true)
    case .extended: (form, isFixed) = (.extended, true)
    }
  }

  /// The form of the request that is made now.
  package mutating func next() -> MessageForm {
    if !isFixed, unanswered >= (isProven ? Self.provenPatience : Self.patience) {
      form = form == .extended ? .authenticator : .extended
      isProven = false
      unanswered = 0
    }
    unanswered += 1
    return form
  }

  /// A reply to it proved itself.
  package mutating func answered() {
    isProven = true
    unanswered = 0
  }
}
