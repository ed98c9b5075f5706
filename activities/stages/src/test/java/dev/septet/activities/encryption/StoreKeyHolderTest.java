package dev.septet.activities.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process holds while threads read the key file again at the same time. */
class StoreKeyHolderTest {
    private static final String OLD = "current: old\nold: " + StoreKeyFileTest.ONE + "\n";
    private static final String NEW =
            "current: newer\nold: " + StoreKeyFileTest.ONE + "\nnewer: " + StoreKeyFileTest.ONE + "\n";

    @TempDir
    private Path folder = Path.of("");

    private Path write(String text) throws IOException {
        Path file = folder.resolve("keys.txt");
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    /** A reader loads the keys, another thread changes the current key, and only then the reader stores what it made. */
    @Test
    void aReaderThatBeganBeforeAChangeOfTheKeyDoesNotTakeItBack() throws IOException {
        StoreKeyHolder keys = new StoreKeyHolder(StoreKeyFile.read("SEPTET_STORE_KEYS", write(OLD)));
        write(NEW);
        List<String> seen = new ArrayList<>();

        StoreKeyFile read = keys.replaced(known -> {
            seen.add(known.current());
            if (seen.size() == 1) {
                assertThat(keys.refreshed().current()).isEqualTo("newer");
            }
            return known.knowing("old");
        });

        assertThat(seen).containsExactly("old", "newer");
        assertThat(read.current()).isEqualTo("newer");
        assertThat(keys.now().current()).isEqualTo("newer");
    }

    @Test
    void anUnknownKeyIsReadFromTheFileAndTheCurrentKeyStays() throws IOException {
        StoreKeyHolder keys = new StoreKeyHolder(StoreKeyFile.read("SEPTET_STORE_KEYS", write(OLD)));
        write(NEW);

        assertThat(keys.knowing("newer").key("newer")).isPresent();
        assertThat(keys.now().current()).isEqualTo("old");
        assertThat(keys.refreshed().current()).isEqualTo("newer");
    }
}
