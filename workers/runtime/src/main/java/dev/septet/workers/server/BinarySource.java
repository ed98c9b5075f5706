package dev.septet.workers.server;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A possible source of the Temporal CLI, which contains the server. */
interface BinarySource {
    /**
     * The executable, if this source has it.
     *
     * @param notes receives notes for the user: where the CLI comes from, or why this source has
     *     none
     * @throws ServerProblem when the user named this source and it does not work
     */
    Optional<Path> find(Consumer<String> notes);
}
