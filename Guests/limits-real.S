// limits-real: goes beyond the 64 KiB of segments in real mode. Not every emulator checks these limits.
#include "support/experiments-16.h"

begin_experiments_16 limits_real
    mov $0xffff, %bp
    raises "word at 0xffff", "0d 0000+00 00002", mov %ds:(%bp), %ax
    raises "byte at 0xffff", "none", mov %ds:(%bp), %al
    raises "word at 0xffff, in the stack segment", "0c 0000+00 00002", mov (%bp), %ax
    mov $0x10000, %ebp
    raises "beyond 64 KiB", "0d 0000+00 00002", mov %ds:(%ebp), %al
    raises "beyond 64 KiB, in the stack segment", "0c 0000+00 00002", mov (%ebp), %al
    begin "POP at 0xffff", "0c 0000+03 00002"
    mov $0xffff, %sp
    pop %ax
    end
    begin "jump beyond 64 KiB", "0d 0000+06 00002"
    mov $0x10000, %ebp
    jmpl *%ebp
    end
    begin "return beyond 64 KiB", "0d 0000+06 00002"
    pushl $0x10000
    retl
    end
    begin "call beyond 64 KiB", "0d 0000+06 00002"
    mov $0x10000, %ebp
    calll *%ebp
    end
    mov $0xfffd, %bp
    raises "32 bits at 0xfffd", "0d 0000+00 00002", addl $1, %ds:(%bp)
    begin "string beyond 64 KiB", "0d 0000+03 00002"
    mov $0xffff, %si
    lodsw
    end
    begin "far jump beyond 64 KiB", "0d 0000+00 00002"
    ljmpl $0, $0x10000
    end

end_experiments_16

end_data_16 limits_real
