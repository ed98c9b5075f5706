package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines are folders with the files of real ones. */
class TrainerHostTest {
    private static final String FIRST = "4d2c8f0e6b1a4b3c9d5e7f8091a2b3c4";
    private static final String SECOND = "9b3e5d7c1f2a4c6e8b0d2f4a6c8e0b1d";
    private static final String SPACE = "pid:[4026531836]";

    @TempDir
    private Path temp = Path.of("");

    @Test
    void machinesThatShareAFolderHaveIdsOfTheirOwn() throws IOException {
        Path runs = temp.resolve("shared/runs");
        String first = machine("first", FIRST, SPACE).id(runs);
        String second = machine("second", SECOND, SPACE).id(runs);

        assertThat(first).isNotBlank().isNotEqualTo(second);
        assertThat(machine("first again", FIRST, SPACE).id(runs)).isEqualTo(first);
        assertThat(machine("first", FIRST, SPACE).id(temp.resolve("other/runs")))
                .isNotEqualTo(first);
        assertThat(runs.toFile().list()).hasSize(2).allMatch(name -> name.matches("host-[0-9a-f]{16}\\.id"));
    }

    /** A container does not see the processes of another on the same machine. */
    @Test
    void aContainerIsAMachineOfItsOwn() throws IOException {
        Path runs = temp.resolve("runs");
        assertThat(machine("container", FIRST, "pid:[4026532701]").id(runs))
                .isNotEqualTo(machine("host", FIRST, SPACE).id(runs));
    }

    @Test
    void aMachineWithoutAnIdIsKnownByItsBoot() throws IOException {
        Path runs = temp.resolve("runs");
        String booted = machine("image", "", SPACE).id(runs);
        assertThat(machine("image", "", SPACE).id(runs)).isEqualTo(booted);
        Files.writeString(temp.resolve("image/proc/sys/kernel/random/boot_id"), "another boot");
        assertThat(new TrainerHost(temp.resolve("image"), Map.of()).id(runs)).isNotEqualTo(booted);
    }

    private TrainerHost machine(String name, String id, String space) throws IOException {
        Path root = temp.resolve(name);
        Path boot =
                Files.createDirectories(root.resolve("proc/sys/kernel/random")).resolve("boot_id");
        Files.writeString(boot, "boot of " + name);
        Files.writeString(Files.createDirectories(root.resolve("etc")).resolve("machine-id"), id + "\n");
        Path link = Files.createDirectories(root.resolve("proc/self/ns")).resolve("pid");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(space));
        return new TrainerHost(root, Map.of());
    }
}
