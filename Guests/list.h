// The list of guests, a line each: the symbol its source file gives to `begin_guest`, its name, its purpose, and what
// differs from a guest that exits with code 0 and prints what depends on time. SPINNING is one that computes until it
// is interrupted, TICKED says that interrupts come to it at places that are hard to come to again, BOOTED one whose image
// is a file that says how it is booted. EXPERIMENTS is a table of experiments, whose console text its source file has.
// Guests.c includes this text once for each thing it makes of it, so there is no guard.

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
GUEST(dirty_memory, "dirty-memory", "changes 32 MiB of memory every 100 ms", .console = "6f6d603efaa9d800\n")
GUEST(tsc_hash, "tsc-hash", "reads the time-stamp counter 20,000 times", .reads_hidden_state = true)
GUEST(emulation_failure, "emulation-failure", "executes what some hosts' emulator lacks",
      .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
GUEST(uart_echo, "uart-echo", "prints back a line of input", .console = "> echo, echo\n", .input = "echo, echo\n",
      .prompt = "> ")
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
SPINNING(tick_nmi_only, "tick-nmi-only", "non-maskable interrupts in a loop with interrupts off", TICKED)
SPINNING(tick_self_modifying, "tick-self-modifying", "ticks in code that rewrites itself", TICKED)
GUEST(tick_after_pio, "tick-after-pio", "ticks right after port reads", TICKED)
SPINNING(two_timers, "two-timers", "10,000 ticks of two timers with unrelated rates", TICKED)
SPINNING(racy, "racy", "loses an update when a tick comes at the wrong instruction", .may_lose_race = true)
BOOTED(multiboot, "multiboot", "reads what a multiboot loader tells it", .console = "multiboot: memory, map, no modules\n")
BOOTED(multiboot2, "multiboot2", "reads what a multiboot 2 loader tells it", .console = "multiboot 2: tags 01 02 04 06 08 0e 0f 00\n")
BOOTED(linux64, "linux64", "is entered as a 64-bit Linux kernel", .console = "linux: zero page, memory map\n")
BOOTED(pvh, "pvh", "is entered by PVH", .console = "pvh: start information, memory map\n")
BOOTED(completions, "completions", "executes what the recorder completes where a host's emulator cannot",
       .console = "int3 int80 fwait prefetch\n")
BOOTED(interrupt_return, "interrupt-return", "returns from interrupts in 32-bit protected mode",
       .console = "20 ticks in protected mode\n")
GUEST(self_trace, "self-trace", "traces itself by its trap flag, under a timer")
BOOTED(self_breakpoints, "self-breakpoints", "sets breakpoints of its own, under a timer")
SPINNING(password, "password", "forgets a line of input that it held while it was interrupted",
         .console = "password: forgotten\n", .input = "hunter2 swordfish\n", .prompt = "password: ")
GUEST(wrong_slot, "wrong-slot", "takes the wrong digit out of a ring buffer", .console = "> 00000016\n", .input = "2718\n",
      .prompt = "> ")
GUEST(wrong_register, "wrong-register", "goes on with a register that a handler has spoiled", .console = "000022a5\n")
GUEST(disk_read, "disk-read", "sums up one sector of a disk and forgets another", .console = "no disk\n")
GUEST(keyboard, "keyboard", "talks to the 8042 and its keyboard", .console = "keyboard: tests, echo, loop-back\n")
GUEST(reset_port_92, "reset-port-92", "resets by port 0x92", .outcome = GUEST_RESETS,
      .console = "reset by port 0x92\n")
GUEST(reset_port_cf9, "reset-port-cf9", "resets by port 0xCF9", .outcome = GUEST_RESETS,
      .console = "reset by port 0xCF9\n")
GUEST(reset_keyboard, "reset-keyboard", "resets by the keyboard controller", .outcome = GUEST_RESETS,
      .console = "reset by the keyboard controller\n")
GUEST(address_line_20, "address-line-20", "masks address line 20",
      .console = "address line 20: masked and let through\n")
GUEST(pit_power_on, "pit-power-on", "ticks by a timer that it does not program",
      .console = "3 ticks of a timer that nobody has programmed\n")
GUEST(pm_timer, "pm-timer", "waits by the ACPI power management timer", .console = "PM timer: 10000 ticks\n")
GUEST(power_off, "power-off", "switches the machine off", .outcome = GUEST_POWERS_OFF, .console = "switching off\n")
GUEST(local_apic, "local-apic", "ticks by the local APIC and interrupts itself",
      .console = "local APIC: one shot, periodic, to itself\n")
GUEST(apic_base, "apic-base", "moves the local APIC and switches it off",
      .console = "local APIC: moved, switched off and on\n")
GUEST(apic_timer_mode, "apic-timer-mode", "changes the mode of the local APIC's timer",
      .console = "local APIC: a change of mode stops the timer\n")
GUEST(io_apic, "io-apic", "takes the timer and COM1 through the I/O APIC", .console = "I/O APIC: 5 edges, a level\n")
BOOTED(bad_gates, "bad-gates", "raises interrupts through bad gates in protected mode",
       .console = "bad gates: every fault at its instruction\n")
BOOTED(bad_gates_long, "bad-gates-long", "raises interrupts through bad gates in 64-bit mode",
       .console = "bad gates in 64-bit mode: every fault at its instruction\n")
GUEST(every_register, "every-register", "reads every register of the board in every size", .boot = GUEST_FLAT_LONG,
      .console = "ports, memory: read in every size\n")
GUEST(page_borders, "page-borders", "talks to ports from the borders of pages and of its segment",
      .reads_hidden_state = true,
      .console = "at the borders of pages\n")
GUEST(ata_pio, "ata-pio", "reads and writes an ATA disk by ports", .drive = GUEST_HAS_IDE_DRIVE,
      .console = "an ATA disk by ports\nsector 1\nidentified, read, written\n")
GUEST(ata_registers, "ata-registers", "reads and writes an ATA disk's registers by words", .drive = GUEST_HAS_IDE_DRIVE,
      .console = "ATA: registers by words, addresses shown\n")
GUEST(ata_dma, "ata-dma", "reads and writes an ATA disk by DMA", .drive = GUEST_HAS_IDE_DRIVE,
      .console = "sector 1\nsector 2\nATA: read and written by DMA\n")
GUEST(wrong_sector, "wrong-sector", "looks up a byte of the wrong sector in a table", .drive = GUEST_HAS_IDE_DRIVE,
      .console = "0000006d\n")
GUEST(virtio_block, "virtio-block", "reads and writes a virtio disk", .drive = GUEST_HAS_VIRTIO_DRIVE,
      .console = "sector 1\nvirtio disk: read and written\n")
GUEST(virtio_console, "virtio-console", "sends back a line typed on a virtio console",
      .console = "virtio> over and out\n", .input = "over and out\n", .prompt = "virtio> ")
GUEST(virtio_network, "virtio-network", "sends packets back by a virtio network card",
      .console = "virtio network: bytes 00000842\n", .has_network = true)
GUEST(virtio_entropy, "virtio-entropy", "asks for random numbers", .console = "virtio entropy: 32 bytes\n")
GUEST(fw_cfg, "fw-cfg", "reads the firmware configuration device", .console = "QEMU\nfw_cfg: by port and by DMA\n")
GUEST(vga_text, "vga-text", "writes to the text screen", .console = "",
      .screen = "VGA text, line 1\n\n          line 3, column 10\n")
GUEST(debug_ports, "debug-ports", "prints on the debug ports", .console = "port 0xE9\nport 0x402\n")
GUEST(post_code, "post-code", "shows progress codes at port 0x80", .console = "POST codes 10 to f0\n")
GUEST(speaker, "speaker", "times by counter 2 and port 0x61", .console = "port 0x61: counter 2, refresh\n")
GUEST(rtc_alarm, "rtc-alarm", "sleeps until the clock's alarm", .console = "the clock's alarm\n")
GUEST(rtc_periodic, "rtc-periodic", "sleeps through interrupts of the clock", .console = "16 interrupts of the clock\n")
GUEST(com2, "com2", "loops bytes through COM2", .console = "back from COM2.\n")
GUEST(flat_protected, "flat-protected", "is entered flat in protected mode", .boot = GUEST_FLAT_PROTECTED,
      .console = "flat code in protected mode\n")
GUEST(flat_long, "flat-long", "is entered flat in long mode", .boot = GUEST_FLAT_LONG,
      .console = "flat code in long mode\n")
GUEST(boot_sector, "boot-sector", "is entered as a boot sector", .boot = GUEST_SECTOR, .console = "boot sector\n")
GUEST(boot_sector, "boot-sector-from-disk", "is read from a disk by firmware", .boot = GUEST_BEHIND_FIRMWARE)
BOOTED(multiboot_modules, "multiboot-modules", "prints what a multiboot loader hands it", .append = "one two",
       .module_arguments = "three", .module = "from the module\n", .console = "one two\nthree\nfrom the module\n")
BOOTED(bzimage, "bzimage", "is loaded as a Linux kernel's bzImage", .append = "console=ttyS0 quiet",
       .initial_ram_disk = "from the initial RAM disk\n",
       .console = "console=ttyS0 quiet\nfrom the initial RAM disk\n")
GUEST(reboot, "reboot", "resets the machine in every way and starts again", .console = "012345\n")
GUEST(reboot_disk, "reboot-disk", "counts its starts on a disk", .drive = GUEST_HAS_IDE_DRIVE, .console = "012\n")
BOOTED(reboot_multiboot, "reboot-multiboot", "is loaded again when it resets the machine",
       .console = "loaded\nloaded again\n")
GUEST(halt_nmi, "halt-nmi", "halts with interrupts off until a non-maskable one", .outcome = GUEST_HALTS,
      .console = "awake\n")
GUEST(model_specific, "model-specific", "reads and writes the model-specific registers that its processor has",
      .console = "model-specific registers: as the manual says\n")
EXPERIMENTS(exceptions_real, "exceptions-real", "raises the exceptions of real mode",
            .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
EXPERIMENTS(limits_real, "limits-real", "goes beyond the limits of segments in real mode",
            .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
EXPERIMENTS(exceptions_protected, "exceptions-protected", "raises the exceptions of ring 0 in 32-bit protected mode",
            .boot = GUEST_SAYS_HOW, .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
EXPERIMENTS(floating_protected, "floating-protected", "raises the exceptions of x87, MMX and SSE in 32-bit protected mode",
            .boot = GUEST_SAYS_HOW, .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
EXPERIMENTS(segment_limits, "segment-limits", "goes beyond limits and rights of segments in 32-bit protected mode",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(control_registers, "control-registers", "writes what control registers refuse in 32-bit protected mode",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(exceptions_long, "exceptions-long", "raises the exceptions of ring 0 in 64-bit mode", .boot = GUEST_SAYS_HOW)
EXPERIMENTS(refusals_long, "refusals-long", "does in ring 0 of 64-bit mode what not every emulator refuses",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(control_registers_long, "control-registers-long", "writes what control registers refuse in 64-bit mode",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(exceptions_user_long, "exceptions-user-long", "raises the exceptions of ring 3 in 64-bit and compatibility mode",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(refusals_user_long, "refusals-user-long", "does in ring 3 of long mode what not every emulator refuses",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(floating_user_long, "floating-user-long", "raises the exceptions of x87, SSE and misaligned operands in ring 3",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(exceptions_user, "exceptions-user", "raises the exceptions of ring 3 in 32-bit protected mode",
            .boot = GUEST_SAYS_HOW, .need = GUEST_NEEDS_EVERY_INSTRUCTION)
EXPERIMENTS(double_faults, "double-faults", "raises faults in the delivery of faults", .boot = GUEST_SAYS_HOW,
            .need = GUEST_NEEDS_EVERY_INSTRUCTION)
EXPERIMENTS(double_faults_long, "double-faults-long", "raises faults in the delivery of faults in 64-bit mode",
            .boot = GUEST_SAYS_HOW, .need = GUEST_NEEDS_EVERY_INSTRUCTION)
EXPERIMENTS(paging_protected, "paging-protected", "uses pages of 32-bit protected mode", .boot = GUEST_SAYS_HOW,
            .need = GUEST_NEEDS_PAGING_32)
EXPERIMENTS(paging_pae, "paging-pae", "uses wide page-table entries in 32-bit protected mode", .boot = GUEST_SAYS_HOW,
            .need = GUEST_NEEDS_PAGING_32)
EXPERIMENTS(paging_long, "paging-long", "uses pages of 64-bit mode", .boot = GUEST_SAYS_HOW)
EXPERIMENTS(reserved_bits_long, "reserved-bits-long", "sets reserved bits of page-table entries in 64-bit mode",
            .boot = GUEST_SAYS_HOW)
EXPERIMENTS(modes, "modes", "goes through the processor's modes and back", .boot = GUEST_SAYS_HOW)
EXPERIMENTS(virtual_8086, "virtual-8086", "enters and leaves virtual-8086 mode", .boot = GUEST_SAYS_HOW,
            .need = GUEST_NEEDS_EVERY_INSTRUCTION)
EXPERIMENTS(gates_protected, "gates-protected", "uses interrupt gates, call gates and far returns of 32-bit protected mode",
            .boot = GUEST_SAYS_HOW, .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
EXPERIMENTS(gates_long, "gates-long", "uses interrupt gates, call gates and IRETQ of 64-bit mode", .boot = GUEST_SAYS_HOW,
            .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
EXPERIMENTS(tasks, "tasks", "switches hardware tasks", .boot = GUEST_SAYS_HOW, .need = GUEST_NEEDS_EVERY_INSTRUCTION)
EXPERIMENTS(bad_tasks, "bad-tasks", "switches to hardware tasks whose state is bad", .boot = GUEST_SAYS_HOW,
            .need = GUEST_NEEDS_EVERY_INSTRUCTION)
EXPERIMENTS(system_calls, "system-calls", "uses SYSCALL and SYSRET", .boot = GUEST_SAYS_HOW,
            .need = GUEST_NEEDS_SYSTEM_CALLS)
EXPERIMENTS(system_calls_protected, "system-calls-protected", "uses SYSENTER and SYSEXIT", .boot = GUEST_SAYS_HOW,
            .outcome = GUEST_EXITS_OR_CANNOT_BE_EMULATED)
EXPERIMENTS(debug_exceptions, "debug-exceptions", "raises debug exceptions", .boot = GUEST_SAYS_HOW,
            .need = GUEST_NEEDS_EVERY_INSTRUCTION)
EXPERIMENTS(features_long, "features-long", "uses what CPUID shows of pages and privileges", .boot = GUEST_SAYS_HOW)
GUEST(triple_faults, "triple-faults", "shuts down in protected and long mode and starts again", .console = "01234\n")
GUEST(triple_fault_real, "triple-fault-real", "shuts down in real mode", .outcome = GUEST_SHUTS_DOWN, .console = "",
      .need = GUEST_NEEDS_EVERY_INSTRUCTION)
