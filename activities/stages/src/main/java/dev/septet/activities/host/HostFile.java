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
import java.util.Locale;
import java.util.Optional;

/** The id of a state folder in its file {@code host.id}: random, created once. */
public final class HostFile {
    private static final String NAME = "host.id";
    private static final int BYTES = 8;
    private static final String ID = "[0-9a-f]{" + 2 * BYTES + "}";

    private HostFile() {}

    /**
     * The host of a state folder; creates its id when there is none.
     *
     * @throws IOException with a message for users when the file cannot be read or written
     */
    public static Host of(Path state) throws IOException {
        Path file = state.resolve(NAME);
        if (!Files.exists(file)) {
            create(state, file);
        }
        return read(file);
    }

    /** The host of a state folder; empty when it has no id yet. */
    public static Optional<Host> existing(Path state) throws IOException {
        Path file = state.resolve(NAME);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    private static Host read(Path file) throws IOException {
        String id = Files.readString(file).strip();
        if (!id.matches(ID)) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "'%s' holds no id of a state folder (%d hexadecimal digits expected); move it away, and Septet creates a new one. Then run `septet adopt` for each pipeline with files here",
                    file,
                    2 * BYTES));
        }
        return new Host(id, machine() + ":" + file.toAbsolutePath().getParent());
    }

    /** The machine's name as in Temporal's worker identities: {@code <process>@<machine>}. */
    private static String machine() {
        String process = ManagementFactory.getRuntimeMXBean().getName();
        return process.substring(process.indexOf('@') + 1);
    }

    /** Creates the file atomically. When two workers start together, the first file stays. */
    private static void create(Path folder, Path file) throws IOException {
        FileModes.OWNER.folder(folder);
        byte[] id = new byte[BYTES];
        new SecureRandom().nextBytes(id);
        Path temporary = Files.createTempFile(folder, "." + NAME, ".new"); // only its owner may read it
        try {
            Files.writeString(temporary, HexFormat.of().formatHex(id) + "\n");
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException other) {
            // Another worker created the id first; its id counts.
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
