package dev.septet.activities.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where versions of a model are kept, whole and never changed, with one alias that moves at once.
 * Whoever follows the alias finds the old version or the new one, at every instant.
 */
interface TargetPlace {
    /** Where users find the published model. */
    String location();

    /**
     * Returns when nothing is there but what publications made. Nothing is written.
     *
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED naming what else is there
     */
    void refuseForeign() throws IOException;

    /**
     * Adds a version; one that is there and whole stays, a damaged or half-written one is replaced.
     *
     * @param files where each file is, by its path in the version
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED when something is there that
     *     no publication made
     */
    void add(String version, Map<String, Path> files) throws IOException;

    /** Whether a version is there and every file of it is what its manifest says. */
    boolean holds(String version) throws IOException;

    /** Versions by name, whole or not. */
    List<String> versions() throws IOException;

    /** The version that the alias points at. */
    Optional<String> current() throws IOException;

    /**
     * Moves the alias.
     *
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE when there is no such
     *     whole version
     */
    void point(String version) throws IOException;

    /** Removes the alias if it is at this version: where nothing was before, nothing is again. */
    void unpoint(String version) throws IOException;
}
