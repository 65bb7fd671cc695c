// SPDX-License-Identifier: Apache-2.0

/// Sorts the first `count` values: insertion, because the lists are short and nearly never worth more.
@_noAllocation @_noLocks
func sortAscending(_ values: inout MutableSpan<Double>, count: Int) {
  var i = 1
  while i < count {
    let value = values[i]
    var j = i - 1
    while j >= 0 && values[j] > value {
      values[j + 1] = values[j]
      j -= 1
    }
    values[j + 1] = value
    i += 1
  }
}

/// The median absolute deviation of sorted values from their median, times 1.4826: the deviation of a normal distribution that has it.
@_noAllocation @_noLocks
func medianSpread(of sorted: DelayWindow.Window, count: Int) -> Double {
  let middle = sorted[count / 2]
  var low = count / 2
  var high = count / 2
  // Half of the values, nearest to the median first.
  while high - low < count / 2 {
    if low > 0 && (high >= count - 1 || middle - sorted[low - 1] < sorted[high + 1] - middle) {
      low -= 1
    } else {
      high += 1
    }
  }
  let last = high < count ? high : count - 1
  let below = middle - sorted[low]
  let above = sorted[last] - middle
  return 1.4826 * (below > above ? below : above)
}
