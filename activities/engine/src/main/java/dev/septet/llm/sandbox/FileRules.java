package dev.septet.llm.sandbox;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * File access rules (Landlock, Linux 5.13). The calling thread, and threads that it starts, can
 * read and write only below the given folders.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/landlock.html">Landlock</a>
 */
final class FileRules {
    private static final int CREATE_RULESET = 444;
    private static final int ADD_RULE = 445;
    private static final int RESTRICT_SELF = 446;
    private static final int VERSION = 1;
    private static final int BELOW_PATH = 1;

    private static final long READ_FILE = 1 << 2;
    private static final long READ_FOLDER = 1 << 3;
    private static final long READ = READ_FILE | READ_FOLDER;
    private static final long WRITE_FILE = 1 << 1;

    /**
     * File rights of Landlock's ABI version 1; the next three constants are those of versions 2, 3
     * and 5. Together they are all rights on files.
     */
    private static final long FIRST = (1L << 13) - 1;

    private static final long LINK_ELSEWHERE = 1L << 13;
    private static final long TRUNCATE = 1L << 14;
    private static final long DEVICES = 1L << 15;

    /** The right to run a program; no rule grants it. */
    private static final long EXECUTE = 1;

    private static final int RULE_BYTES = 12;
    private static final int PATH_ONLY = 0x28_0000; // O_PATH | O_CLOEXEC

    private FileRules() {}

    /** The kernel's Landlock version; 0 without Landlock. */
    static int version(LibC libC) {
        return Math.max(
                0,
                libC.syscall(number(CREATE_RULESET), number(0), number(0), number(VERSION))
                        .intValue());
    }

    /**
     * Applies the rules to this thread; they cannot be removed. Missing paths are skipped.
     *
     * @return whether the kernel accepted the rules
     */
    static boolean apply(LibC libC, List<Path> readable, List<Path> writable) {
        int version = version(libC);
        if (version == 0) {
            return false;
        }
        long handled = FIRST
                | (version >= 2 ? LINK_ELSEWHERE : 0)
                | (version >= 3 ? TRUNCATE : 0)
                | (version >= 5 ? DEVICES : 0);
        int rules;
        try (Memory attributes = new Memory(Long.BYTES)) {
            attributes.setLong(0, handled);
            rules = libC.syscall(number(CREATE_RULESET), attributes, number(Long.BYTES), number(0))
                    .intValue();
        }
        if (rules < 0) {
            return false;
        }
        readable.forEach(path -> add(libC, rules, path, READ));
        writable.forEach(path -> add(libC, rules, path, handled & ~EXECUTE));
        boolean restricted =
                libC.syscall(number(RESTRICT_SELF), number(rules), number(0)).intValue() == 0;
        libC.close(rules);
        return restricted;
    }

    private static void add(LibC libC, int rules, Path path, long rights) {
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException missing) {
            return;
        }
        // A file has only file rights.
        long allowed = Files.isDirectory(real) ? rights : rights & (READ_FILE | WRITE_FILE | TRUNCATE);
        int opened = libC.open(real.toString(), PATH_ONLY);
        if (opened < 0) {
            return;
        }
        try (Memory rule = new Memory(RULE_BYTES)) {
            rule.setLong(0, allowed);
            rule.setInt(Long.BYTES, opened);
            libC.syscall(number(ADD_RULE), number(rules), number(BELOW_PATH), rule, number(0));
        } finally {
            libC.close(opened);
        }
    }

    private static NativeLong number(long value) {
        return new NativeLong(value);
    }
}
