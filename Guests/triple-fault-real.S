// triple-fault-real: shuts the processor down in real mode: the interrupt table has no room for any vector.
#include "support/image.h"

begin_guest triple_fault_real
    start_real_mode
    lidt AT(no_interrupt_table)
    ud2
    exit_with 1

no_interrupt_table:
    .word 0
    .long 0

end_guest triple_fault_real
