// SPDX-License-Identifier: Apache-2.0

import CLinux
import Testing

/// Writing NTP's shared memory, on plain memory: no segment of this host is touched.
@Suite struct SharedSegmentTests {
  @Test func oneWriterAlone() {
    var memory = InlineArray<24, UInt32>(repeating: 0)
    var image = InlineArray<24, UInt32>(repeating: 0x5a)
    var expected: UInt32 = 0
    memory[1] = 7
    withUnsafeMutablePointer(to: &memory) { place in
      expected = clinux_segment_count(place)
      #expect(clinux_segment_publish(place, &image, &expected) == 1)
    }
    // mode 1, count, valid 1; all else as it was given.
    #expect(expected == 9 && memory[0] == 1 && memory[1] == 9 && memory[12] == 1)
    for word in 2..<24 where word != 12 { #expect(memory[word] == 0x5a) }
    // A reader takes valid away, which is its right.
    memory[12] = 0
    withUnsafeMutablePointer(to: &memory) { #expect(clinux_segment_publish($0, &image, &expected) == 1) }
    #expect(memory[12] == 1 && expected == 11)
    // Another writer counts, too.
    memory[1] &+= 2
    image[2] = 0x77
    withUnsafeMutablePointer(to: &memory) { #expect(clinux_segment_publish($0, &image, &expected) == 0) }
    #expect(memory[2] == 0x5a && memory[1] == 13 && expected == 13, "nothing is written, and its count is taken down")
    memory[1] &+= 2
    withUnsafeMutablePointer(to: &memory) { #expect(clinux_segment_publish($0, &image, &expected) == 0) }
    #expect(memory[2] == 0x5a && expected == 15, "as often as it writes")
    withUnsafeMutablePointer(to: &memory) { #expect(clinux_segment_publish($0, &image, &expected) == 1) }
    #expect(memory[2] == 0x77 && memory[1] == 17, "it has ended")
  }
}
