package dev.septet.activities.train.command;

import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.IdFile;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The machine on which this worker runs trainers: its identity, its processes and its cards. */
public class TrainerHost {
    private static final int DIGITS = 16;
    private static final String PART = "MIG-";

    private final Path root;
    private final Map<String, String> environment;

    /**
     * @param root root of the machine's file system
     * @param environment that of this process
     */
    TrainerHost(Path root, Map<String, String> environment) {
        this.root = root;
        this.environment = Map.copyOf(environment);
    }

    /** This machine. */
    static TrainerHost here(Map<String, String> environment) {
        return new TrainerHost(Path.of("/"), environment);
    }

    /** The environment of this process. */
    final Map<String, String> environment() {
        return environment;
    }

    /** Free bytes of a folder's file system. */
    long freeBytes(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    /** The folder of a process. */
    final Path process(String id) {
        return root.resolve("proc").resolve(id);
    }

    /**
     * The cards that a program with these additional variables can use, in its order, as entries of {@code
     * CUDA_VISIBLE_DEVICES}. An entry may name a part of a card (MIG).
     */
    final List<String> cards(Map<String, String> additional) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(additional);
        String chosen = Setting.CUDA_VISIBLE_DEVICES.value(all);
        if (chosen != null && chosen.contains(PART)) {
            return Stream.of(chosen.split(","))
                    .map(String::strip)
                    .filter(entry -> !entry.isEmpty())
                    .toList();
        }
        return NvidiaDriver.read(root, environment).visible(all).stream()
                .map(NvidiaCard::identifier)
                .toList();
    }

    /**
     * A random id of a folder of run folders on this machine. Several machines may share the folder, and each has an id
     * of its own, because none can see the processes of another.
     */
    final String id(Path runs) throws IOException {
        FileModes.OWNER.folder(runs);
        return new IdFile(runs.resolve("host-%s.id".formatted(machine()))).id();
    }

    /**
     * A digest of what makes this machine: its id, or that of its boot where it has none, and the namespace of its
     * process ids, because a container cannot see the processes of another.
     */
    private String machine() {
        String id = text(root.resolve("etc/machine-id"));
        String machine = id.isEmpty() ? text(root.resolve("proc/sys/kernel/random/boot_id")) : id;
        return Sha256.of(machine + " " + namespace()).substring(0, DIGITS);
    }

    private String namespace() {
        try {
            return Files.readSymbolicLink(root.resolve("proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException none) {
            return "";
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException none) {
            return "";
        }
    }
}
