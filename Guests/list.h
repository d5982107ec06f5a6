// The list of guests, a line each: the symbol its source file gives to `begin_guest`, its name, its purpose, and what
// differs from a guest that exits with code 0 and prints what depends on time. SPINNING is one that computes until it
// is interrupted, TICKED says that interrupts come to it at places that are hard to come to again, BOOTED one whose image is a file that says how it is booted. Guests.c includes this text once for each thing it makes of it, so there is no guard.

GUEST(hello, "hello", "prints a line over COM1", .console = "hello from real mode\n")
GUEST(exit_codes, "exit-codes", "exits with a code other than 0", .exit_code = 42, .console = "")
GUEST(halt_off, "halt-off", "halts with interrupts off", .outcome = GUEST_HALTS, .console = "")
GUEST(triple_fault, "triple-fault", "shuts the processor down", .outcome = GUEST_SHUTS_DOWN, .console = "")
GUEST(port_storm, "port-storm", "250,000 port accesses, half of them reads that matter", .console = "e4155e15\n")
GUEST(rep_outs, "rep-outs", "port accesses by string instructions",
      .console = "upwards\ndownwards\nssssssss\n612cafe3\n")
GUEST(mmio, "mmio", "reads and writes of addresses that nothing claims", .console = "c15bd96f\n")
GUEST(self_modifying, "self-modifying", "rewrites the instruction it executes next", .console = "001e8868\n")
GUEST(protected, "protected", "works in 32-bit protected mode", .console = "primes below 1000: 000000a8\n")
GUEST(long_mode, "long-mode", "works in 64-bit mode", .console = "3^40 and 3^20: a8b8b452291fe821 cfd41b91\n")
GUEST(ring3, "ring3", "computes natively in ring 3", .console = "ring 3 says ec2329a9efd05f80\n")
GUEST(silent, "silent", "computes in rings 0 and 3 without an exit", .console = "e3d7b25b9c7eeb80\n")
GUEST(dirty_memory, "dirty-memory", "changes 32 MiB of memory every 100 ms", .console = "b84ee6761f4ec400\n")
GUEST(tsc_hash, "tsc-hash", "reads the time-stamp counter 20,000 times", .reads_hidden_state = true)
GUEST(emulation_failure, "emulation-failure", "executes what some hosts' emulator lacks",
      .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
GUEST(uart_echo, "uart-echo", "prints back a line of input", .console = "> echo, echo\n", .input = "echo, echo\n")
GUEST(rtc_read, "rtc-read", "prints the date and time of the clock")
GUEST(pci_scan, "pci-scan", "prints the devices of PCI bus 0")
GUEST(cpuid, "cpuid", "prints what CPUID answers")
GUEST(fw_dma, "fw-dma", "reads by DMA, and a model-specific register", .console = "QEMU\n")
GUEST(pit_ticks, "pit-ticks", "sleeps through ticks and reads the timer's counter")
SPINNING(tick_memory_counter, "tick-memory-counter", "ticks in a loop that changes no register", TICKED)
SPINNING(tick_rep_string, "tick-rep-string", "ticks in the middle of string instructions", TICKED)
GUEST(tick_shadows, "tick-shadows", "ticks that must wait: STI, MOV SS, HLT, interrupts off", TICKED)
SPINNING(tick_nested, "tick-nested", "ticks that interrupt each other's handler", TICKED)
GUEST(tick_ring3, "tick-ring3", "ticks while ring 3 computes natively", TICKED)
SPINNING(tick_nmi, "tick-nmi", "non-maskable interrupts in the handler of ticks", TICKED)
SPINNING(tick_nmi_only, "tick-nmi-only", "non-maskable interrupts in a loop with interrupts off")
SPINNING(tick_self_modifying, "tick-self-modifying", "ticks in code that rewrites itself", TICKED)
GUEST(tick_after_pio, "tick-after-pio", "ticks right after port reads", TICKED)
SPINNING(two_timers, "two-timers", "10,000 ticks of two timers with unrelated rates", TICKED)
SPINNING(racy, "racy", "loses an update when a tick comes at the wrong instruction", .may_lose_race = true)
BOOTED(multiboot, "multiboot", "reads what a multiboot loader tells it", .console = "multiboot: memory, map, no modules\n")
BOOTED(multiboot2, "multiboot2", "reads what a multiboot 2 loader tells it", .console = "multiboot 2: tags 01 02 04 06 08 0e 0f 00\n")
BOOTED(linux64, "linux64", "is entered as a 64-bit Linux kernel", .console = "linux: zero page, memory map\n")
BOOTED(pvh, "pvh", "is entered by PVH", .console = "pvh: start information, memory map\n")
BOOTED(completions, "completions", "executes what the recorder completes where a host's emulator can not",
       .console = "int3 int80 fwait prefetch\n")
BOOTED(interrupt_return, "interrupt-return", "returns from interrupts in 32-bit protected mode",
       .console = "20 ticks in protected mode\n")
SPINNING(password, "password", "forgets a line of input that it held while it was interrupted",
         .console = "password: forgotten\n", .input = "hunter2 swordfish\n")
GUEST(disk_read, "disk-read", "sums up one sector of a disk and forgets another", .console = "no disk\n")
