package dev.septet.llm.sandbox;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/** The calls of C's standard library that this package needs. */
interface LibC extends Library {
    /** Loads it. */
    static LibC load() {
        return Native.load("c", LibC.class);
    }

    /** A system call by its number; -1 where it failed. */
    NativeLong syscall(NativeLong number, Object... arguments);

    /** Changes what this process may do. */
    int prctl(int option, NativeLong a, NativeLong b, NativeLong c, NativeLong d);

    /** Opens a file. */
    int open(String path, int flags);

    /** Closes a file. */
    int close(int file);
}
