package dev.septet.llm.sandbox;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A system call filter (seccomp). A process that opens a file needs no sockets, no other programs
 * and no other processes. The kernel ends a process, with all its threads, when it requests one.
 *
 * @see <a
 *     href="https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html">seccomp</a>
 */
record SystemCalls(
        int architecture, int seccomp, int newThread, int signalThread, int processLimits, List<Integer> forbidden) {
    private static final int SET_MODE_FILTER = 1;
    private static final int GET_ACTION_AVAILABLE = 2;
    private static final int ALL_THREADS = 1;

    private static final int KILL_PROCESS = 0x8000_0000;
    private static final int ALLOW = 0x7FFF_0000;
    private static final int NO_SUCH_CALL = 0x0005_0000 | 38;

    /** Offsets in {@code struct seccomp_data}. */
    private static final int NUMBER = 0;

    private static final int ARCHITECTURE = 4;
    private static final int FIRST_ARGUMENT = 16;

    private static final int LOAD = 0x20;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_AT_LEAST = 0x35;
    private static final int IF_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    private static final int CLONE_THREAD = 0x0001_0000;

    /** clone3 has its flags in memory, which a filter cannot read. The C library falls back to clone. */
    private static final int CLONE3 = 435;

    /** First system call number of the x32 ABI on x86-64. */
    private static final int X32 = 0x4000_0000;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_BYTES = 16;
    private static final int POINTER_AT = 8;

    /** Name, number on x86-64, number on 64-bit ARM. io_uring is forbidden because it bypasses a filter. */
    private static final String FORBIDDEN = """
        socket 41 198
        connect 42 203
        accept 43 202
        sendto 44 206
        sendmsg 46 211
        bind 49 200
        listen 50 201
        socketpair 53 199
        accept4 288 242
        sendmmsg 307 269
        fork 57 -
        vfork 58 -
        execve 59 221
        execveat 322 281
        kill 62 129
        tkill 200 130
        rt_sigqueueinfo 129 138
        rt_tgsigqueueinfo 297 240
        ptrace 101 117
        process_vm_readv 310 270
        process_vm_writev 311 271
        pidfd_send_signal 424 424
        pidfd_open 434 434
        pidfd_getfd 438 438
        io_uring_setup 425 425
        io_uring_enter 426 426
        io_uring_register 427 427
        bpf 321 280
        perf_event_open 298 241
        add_key 248 217
        request_key 249 218
        keyctl 250 219
        userfaultfd 323 282
        open_by_handle_at 304 265
        mount 165 40
        umount2 166 39
        pivot_root 155 41
        chroot 161 51
        unshare 272 97
        setns 308 268
        open_tree 428 428
        move_mount 429 429
        fsopen 430 430
        fsconfig 431 431
        fsmount 432 432
        fspick 433 433
        mount_setattr 442 442
        init_module 175 105
        finit_module 313 273
        delete_module 176 106
        kexec_load 246 104
        kexec_file_load 320 294
        reboot 169 142
        swapon 167 224
        swapoff 168 225
        personality 135 92
        acct 163 89
        quotactl 179 60
        """;

    private static final SystemCalls X86_64 = new SystemCalls(0xC000_003E, 317, 56, 234, 302, forbidden(1));

    private static final SystemCalls AARCH64 = new SystemCalls(0xC000_00B7, 277, 220, 131, 261, forbidden(2));

    private static List<Integer> forbidden(int column) {
        return FORBIDDEN
                .lines()
                .map(line -> line.split(" ")[column])
                .filter(number -> !number.equals("-"))
                .map(Integer::valueOf)
                .toList();
    }

    /** The filter for this machine; empty if its architecture is unknown. */
    static Optional<SystemCalls> here() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Optional.empty();
        }
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> Optional.of(X86_64);
            case "aarch64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }

    /** Whether the kernel supports such filters. */
    boolean available(LibC libC) {
        try (Memory action = new Memory(Integer.BYTES)) {
            action.setInt(0, KILL_PROCESS);
            return libC.syscall(number(seccomp), number(GET_ACTION_AVAILABLE), number(0), action)
                            .intValue()
                    == 0;
        }
    }

    /**
     * Applies the filter to all threads of this process; it cannot be removed.
     *
     * @return whether the kernel accepted the filter
     */
    boolean apply(LibC libC, long process) {
        List<int[]> program = program((int) process);
        try (Memory instructions = new Memory((long) program.size() * INSTRUCTION_BYTES);
                Memory header = new Memory(PROGRAM_BYTES)) {
            long at = 0;
            for (int[] instruction : program) {
                instructions.setShort(at, (short) instruction[0]);
                instructions.setByte(at + 2, (byte) instruction[1]);
                instructions.setByte(at + 3, (byte) instruction[2]);
                instructions.setInt(at + 4, instruction[3]);
                at += INSTRUCTION_BYTES;
            }
            header.clear();
            header.setShort(0, (short) program.size());
            header.setPointer(POINTER_AT, instructions);
            return libC.syscall(number(seccomp), number(SET_MODE_FILTER), number(ALL_THREADS), header)
                            .intValue()
                    == 0;
        }
    }

    /** The filter's instructions: code, jump if true, jump if false, value. */
    private List<int[]> program(int process) {
        List<int[]> program = new ArrayList<>();
        program.add(new int[] {LOAD, 0, 0, ARCHITECTURE});
        program.add(new int[] {IF_EQUAL, 1, 0, architecture});
        program.add(new int[] {RETURN, 0, 0, KILL_PROCESS});
        program.add(new int[] {LOAD, 0, 0, NUMBER});
        if (architecture == X86_64.architecture) {
            program.add(new int[] {IF_AT_LEAST, 0, 1, X32});
            program.add(new int[] {RETURN, 0, 0, KILL_PROCESS});
        }
        for (int call : forbidden) {
            program.add(new int[] {IF_EQUAL, 0, 1, call});
            program.add(new int[] {RETURN, 0, 0, KILL_PROCESS});
        }
        program.add(new int[] {IF_EQUAL, 0, 1, CLONE3});
        program.add(new int[] {RETURN, 0, 0, NO_SUCH_CALL});
        // Allow new threads, but no new processes; allow signals to itself, but to no other
        // process.
        argument(program, newThread, IF_ANY_BIT, CLONE_THREAD);
        argument(program, signalThread, IF_EQUAL, process);
        // Allow changing its own limits, where it is process 0.
        argument(program, processLimits, IF_EQUAL, 0);
        program.add(new int[] {RETURN, 0, 0, ALLOW});
        return program;
    }

    private static void argument(List<int[]> program, int call, int test, int value) {
        program.add(new int[] {IF_EQUAL, 0, 4, call});
        program.add(new int[] {LOAD, 0, 0, FIRST_ARGUMENT});
        program.add(new int[] {test, 1, 0, value});
        program.add(new int[] {RETURN, 0, 0, KILL_PROCESS});
        program.add(new int[] {RETURN, 0, 0, ALLOW});
    }

    private static NativeLong number(long value) {
        return new NativeLong(value);
    }
}
