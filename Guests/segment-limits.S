// segment-limits: accesses that 32-bit protected mode forbids by a segment's limit, type or absence. Not every emulator checks
// them all.
#include "support/experiments-32.h"

#define READ_ONLY_DATA 0x40
#define SMALL_DATA 0x48
#define DOWNWARD_DATA 0x50
#define BEYOND_TABLE 0x1f8

begin_experiments_32 segment_limits
    // Limits.
    begin "at the limit", "none"
    load_segment %fs, SMALL_DATA
    mov %fs:0xffc, %eax
    end
    begin "across the limit", "0d.0000 0008+07 00002"
    load_segment %fs, SMALL_DATA
    mov %fs:0xffd, %eax
    end
    begin "word across the limit", "0d.0000 0008+07 00002"
    load_segment %fs, SMALL_DATA
    movw $0, %fs:0xfff
    end
    begin "within an expand-down segment", "none"
    load_segment %fs, DOWNWARD_DATA
    mov %fs:0x1000, %eax
    end
    begin "below an expand-down segment", "0d.0000 0008+07 00002"
    load_segment %fs, DOWNWARD_DATA
    mov %fs:0xfff, %eax
    end
    begin "stack, beyond the limit", "0c.0000 0008+11 00002"
    load_segment %ss, SMALL_DATA
    mov $0x900, %esp
    mov $0x1000, %ebp
    mov (%ebp), %eax
    end
    begin "stack, POP beyond the limit", "0c.0000 0008+0c 00002"
    load_segment %ss, SMALL_DATA
    mov $0xffe, %esp
    pop %eax
    end


    begin "write to read-only data", "0d.0000 0008+07 00002"
    load_segment %es, READ_ONLY_DATA
    incl %es:(0)
    end
    raises "write to code", "0d.0000 0008+00 00002", movl $0, %cs:NOTED_SP
    begin "through null", "0d.0000 0008+04 00002"
    xor %eax, %eax
    mov %eax, %gs
    mov %gs:(0), %ecx
    end
    mov $(BEYOND_TABLE | 4), %eax
    raises "no local table", "0d.01fc 0008+00 00002", mov %eax, %gs
    xor %eax, %eax
    raises "null in TR", "0d.0000 0008+00 00002", ltr %ax

end_experiments_32
    .quad 0x00cf91000000ffff
    .quad 0x0040930000000fff
    .quad 0x0040970000000fff

end_descriptors_32 segment_limits
