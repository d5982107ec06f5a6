// Prints its arguments, and where its machine says that it has memory.
#include "support/hvt.h"

MANIFEST()

int unikernel(const boot_information *information) {
    put_text("hello from a unikernel: ");
    put_text(information->command_line);
    put_text("\n");
    bool isSound = information->memory_size % 0x200000 == 0 && information->program_end % 4096 == 0 &&
                   information->program_end < information->memory_size && information->counter_frequency > 0;
    return isSound ? 0 : 1;
}
