package dev.septet.workers.server;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** One place where the Temporal CLI, which holds the server, may come from. */
interface BinarySource {
    /**
     * The executable, if this source has it.
     *
     * @param notes receives what people should know: where it comes from, why it cannot
     * @throws ServerProblem when the source was asked for by name and does not work
     */
    Optional<Path> find(Consumer<String> notes);
}
