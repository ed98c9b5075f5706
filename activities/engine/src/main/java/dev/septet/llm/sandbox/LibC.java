package dev.septet.llm.sandbox;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/** The functions of the C standard library that this package uses. */
interface LibC extends Library {
    /** Loads the library. */
    static LibC load() {
        return Native.load("c", LibC.class);
    }

    /** Makes a system call by its number; returns -1 on failure. */
    NativeLong syscall(NativeLong number, Object... arguments);

    /** Changes this process's attributes. */
    int prctl(int option, NativeLong a, NativeLong b, NativeLong c, NativeLong d);

    /** Opens a file. */
    int open(String path, int flags);

    /** Closes a file. */
    int close(int file);
}
