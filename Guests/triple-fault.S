// triple-fault: faults in protected mode with an interrupt table that holds no vector, so that the fault, and the fault
// about the fault, find no handler either: the processor shuts down.
#include "support/image.h"
#include "support/protected-mode.h"

// Past the end of the descriptor table.
#define NO_SEGMENT 0xfff8

begin_guest triple_fault
    start_real_mode
    enter_protected_mode flat

flat:
    start_protected_mode
    lidt AT(no_interrupt_table)
    mov $NO_SEGMENT, %eax
    mov %eax, %ds

no_interrupt_table:
    .word 0
    .long 0

flat_descriptors
descriptors_end

end_guest triple_fault
