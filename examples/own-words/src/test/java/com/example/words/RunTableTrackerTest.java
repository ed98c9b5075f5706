package com.example.words;

import dev.septet.activities.track.TrackerExtension;
import dev.septet.contract.TrackerWordContract;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class RunTableTrackerTest extends TrackerWordContract {
    @TempDir
    private Path folder;

    @BeforeEach
    void choose() throws Exception {
        Path classes = Path.of(RunTableTracker.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Files.writeString(
                classes.resolveSibling("own-words.properties"),
                "runs=" + folder.toString().replace("\\", "\\\\") + "\n");
    }

    @Override
    protected TrackerExtension extension() {
        return new RunTableTracker();
    }

    @Override
    protected String line() {
        return "runTable(name: 'team')";
    }

    @Override
    protected String received() throws Exception {
        return Files.readString(folder.resolve("team.tsv"));
    }
}
