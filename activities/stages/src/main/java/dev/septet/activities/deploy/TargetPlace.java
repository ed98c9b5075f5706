package dev.septet.activities.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place that holds complete, immutable versions of a model, and one alias that moves atomically.
 * A reader of the alias always finds either the old version or the new one.
 */
interface TargetPlace {
    /** Where users find the published model. */
    String location();

    /**
     * Checks that the place holds only published files. It writes nothing.
     *
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED naming what else is there
     */
    void refuseForeign() throws IOException;

    /**
     * Adds a version. An existing complete version stays; a damaged or incomplete one is replaced.
     *
     * @param files path of each file on this machine, by its path in the version
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED when the place holds
     *     something that was not published
     */
    void add(String version, Map<String, Path> files) throws IOException;

    /**
     * Checks that a running server answers as a version does, where the place is one that a server loads. The alias does
     * not move.
     *
     * @param answers folder with the model's own answers; null = there are none
     * @throws dev.septet.activities.attempt.StageProblem CHAIN_BROKEN when the server answers otherwise
     */
    default void verify(String version, @Nullable Path answers) throws IOException {}

    /** Whether a version exists and all of its files match its manifest. */
    boolean holds(String version) throws IOException;

    /** The names of all versions, complete or not. */
    List<String> versions() throws IOException;

    /** The version that the alias points at. */
    Optional<String> current() throws IOException;

    /**
     * Moves the alias.
     *
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE when there is no such
     *     complete version
     */
    void point(String version) throws IOException;

    /** Removes the alias if it points at this version; used when there was no version before. */
    void unpoint(String version) throws IOException;

    /** Removes a version for good. The version that the alias points at stays. */
    void remove(String version) throws IOException;
}
