package dev.septet.llm.sandbox;

import java.nio.file.Path;

/**
 * The installed program was replaced or removed while this process runs, so this process can start no child process. Another
 * process, or this one after a restart, can do the same work.
 */
public final class ReplacedProgramException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param gone a file of the program that is not there any more */
    public ReplacedProgramException(Path gone) {
        super(
                "the program of this process was replaced or removed after the process started: %s is gone. Restart the process, for example with `systemctl restart`; the work then continues"
                        .formatted(gone));
    }
}
