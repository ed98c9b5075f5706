package dev.septet.activities.host;

import dev.septet.activities.store.FileModes;
import dev.septet.workflows.host.Host;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** The id of a state folder, in its file {@code host.id}: random, made once. */
public final class HostFile {
    private static final String NAME = "host.id";
    private static final int BYTES = 8;
    private static final String ID = "[0-9a-f]{" + 2 * BYTES + "}";

    private HostFile() {}

    /**
     * The host that a state folder is; its id is made if there is none.
     *
     * @throws IOException with a sentence when the file cannot be read or written
     */
    public static Host of(Path state) throws IOException {
        Path file = state.resolve(NAME);
        if (!Files.exists(file)) {
            make(state, file);
        }
        return read(file);
    }

    /** The same, empty where no id was made yet. */
    public static Optional<Host> existing(Path state) throws IOException {
        Path file = state.resolve(NAME);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    private static Host read(Path file) throws IOException {
        String id = Files.readString(file).strip();
        if (!id.matches(ID)) {
            throw new IOException(
                    "'%s' holds no id of a state folder (%d hexadecimal digits expected); move it away, and Septet creates a new one. Then run `septet adopt` for each pipeline with files here"
                            .formatted(file, 2 * BYTES));
        }
        return new Host(id, machine() + ":" + file.toAbsolutePath().getParent());
    }

    /** As Temporal's worker identities name it: {@code <process>@<machine>}. */
    private static String machine() {
        String process = ManagementFactory.getRuntimeMXBean().getName();
        return process.substring(process.indexOf('@') + 1);
    }

    /** Two workers may start together: the file appears whole, and the first one stays. */
    private static void make(Path folder, Path file) throws IOException {
        FileModes.OWNER.folder(folder);
        byte[] id = new byte[BYTES];
        new SecureRandom().nextBytes(id);
        Path fresh = Files.createTempFile(folder, "." + NAME, ".new"); // its owner's alone
        try {
            Files.writeString(fresh, HexFormat.of().formatHex(id) + "\n");
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException other) {
            // Another worker was first: its id counts.
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
