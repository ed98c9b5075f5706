package dev.septet.workers.local;

import dev.septet.workers.StateFolder;
import dev.septet.workers.server.BinaryFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real Temporal CLI, found as every run finds it. */
public final class RealBinary {
    private RealBinary() {}

    /** Its path; a machine without it fails the test, it does not pass by being skipped. */
    public static Path path() {
        List<String> notes = new ArrayList<>();
        return BinaryFinder.of(System.getenv(), StateFolder.data(System.getenv()))
                .find(notes::add)
                .orElseThrow(
                        () -> new AssertionError("these tests need the Temporal CLI; .ci/run installs it. " + notes));
    }
}
