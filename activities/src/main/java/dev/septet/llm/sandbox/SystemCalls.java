package dev.septet.llm.sandbox;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A filter of system calls (seccomp). A process that opens a file needs no sockets, no other
 * programs and no other processes: one that asks for them is ended by the kernel, all threads of
 * it.
 *
 * @see <a
 *     href="https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html">seccomp</a>
 */
record SystemCalls(
        int architecture, int seccomp, int newThread, int signalThread, List<Integer> forbidden) {
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

    /** Has its flags in memory, which a filter cannot read; the C library then uses clone. */
    private static final int CLONE3 = 435;

    /** Numbers of another calling convention of x86-64 begin here. */
    private static final int X32 = 0x4000_0000;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_BYTES = 16;
    private static final int POINTER_AT = 8;

    /**
     * On x86-64: socket to accept and sendto, sendmsg, bind, listen, socketpair, fork, vfork,
     * execve, kill, ptrace, and so on.
     */
    private static final SystemCalls X86_64 =
            new SystemCalls(
                    0xC000_003E,
                    317,
                    56,
                    234,
                    List.of(
                            41,
                            42,
                            43,
                            44,
                            46,
                            49,
                            50,
                            53,
                            288,
                            307, // sockets
                            57,
                            58,
                            59,
                            322, // fork, vfork, execve, execveat
                            62,
                            200,
                            101,
                            310,
                            311,
                            424,
                            434,
                            438, // other processes
                            425,
                            426,
                            427, // io_uring, which goes past filters
                            321,
                            298,
                            248,
                            249,
                            250,
                            323,
                            304, // bpf, perf, keys, userfaultfd, handles
                            165,
                            166,
                            155,
                            161,
                            272,
                            308,
                            428,
                            429,
                            430,
                            431,
                            432,
                            433,
                            442, // mounts
                            175,
                            313,
                            176,
                            246,
                            320,
                            169,
                            167,
                            168,
                            154,
                            135,
                            163,
                            179 /* the system */));

    /** The same on 64-bit ARM, whose numbers are the kernel's general ones. */
    private static final SystemCalls AARCH64 =
            new SystemCalls(
                    0xC000_00B7,
                    277,
                    220,
                    131,
                    List.of(
                            198, 203, 202, 206, 211, 200, 201, 199, 242, 269, 221, 281, 129, 130,
                            117, 270, 271, 424, 434, 438, 425, 426, 427, 280, 241, 217, 218, 219,
                            282, 265, 40, 39, 41, 51, 97, 268, 428, 429, 430, 431, 432, 433, 442,
                            105, 273, 106, 104, 294, 142, 224, 225, 92, 89, 60));

    /** Those of this machine; empty where the filter knows none. */
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

    /** Whether the kernel has such filters. */
    boolean available(LibC libC) {
        try (Memory action = new Memory(Integer.BYTES)) {
            action.setInt(0, KILL_PROCESS);
            return libC.syscall(number(seccomp), number(GET_ACTION_AVAILABLE), number(0), action)
                            .intValue()
                    == 0;
        }
    }

    /**
     * Puts the filter on all threads of this process; it cannot be taken off.
     *
     * @return whether the kernel took it
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
            return libC.syscall(
                                    number(seccomp),
                                    number(SET_MODE_FILTER),
                                    number(ALL_THREADS),
                                    header)
                            .intValue()
                    == 0;
        }
    }

    /** Instructions: code, jump if true, jump if false, value. */
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
        // New threads, but no new processes; signals to itself, but to no other process.
        argument(program, newThread, IF_ANY_BIT, CLONE_THREAD);
        argument(program, signalThread, IF_EQUAL, process);
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
