package dev.septet.examples.attacks;

import dev.septet.activities.authority.RunKey;
import dev.septet.settings.Setting;
import dev.septet.workers.serve.http.KeyRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Key files: a server's API keys, and the key of tickets. */
final class KeyTarget implements AttackTarget {
    private static final String CLIENTS = "keys.txt";
    private static final String RUN = "run.key";

    private static final List<String> PIECES = List.of(
            "#",
            "\n",
            "\r",
            " ",
            "\t",
            "=",
            ",",
            "*",
            "sha256:",
            "scopes=",
            "models=",
            "expires=",
            "chat",
            "feedback",
            "2027-01-31",
            "9999999999-01-01",
            "{",
            "}",
            "\"key\"",
            "\"since\"",
            "null",
            "-1",
            "1e99",
            "\0",
            "\u202e",
            "\u00e9");

    private final List<byte[]> clients = List.of("""
        # keys
        septet-0123456789abcdef0123456789abcdef
        shop sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 scopes=chat,feedback models=a,b* expires=2027-01-31
        """.getBytes(StandardCharsets.UTF_8));

    private final List<byte[]> run = List.of("{\"key\":\"%s\",\"since\":0}"
            .formatted("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2Nzg5")
            .getBytes(StandardCharsets.UTF_8));

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public String entry() {
        return "`septet serve --api-keys`, and the worker's `run.key`";
    }

    @Override
    public Duration bound() {
        return Duration.ofSeconds(10);
    }

    @Override
    public Input input(Mutator mutator) {
        if (mutator.once(2)) {
            return new Input(CLIENTS, mutator.text(clients, PIECES));
        }
        return new Input(RUN, mutator.once(2) ? mutator.json(run, PIECES) : mutator.text(run, PIECES));
    }

    @Override
    public boolean open(Input input, Path folder) throws IOException {
        Path file = folder.resolve(input.name());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, input.bytes());
        try {
            if (input.name().equals(CLIENTS)) {
                KeyRing.file(file);
            } else {
                RunKey.of(Map.of(Setting.RUN_KEY_FILE.variable(), file.toString()), folder, 0);
            }
            return true;
        } catch (IOException | IllegalArgumentException refused) {
            String said = String.valueOf(refused.getMessage());
            if (said.contains("line") || said.contains("key")) {
                return false;
            }
            throw refused; // not a proper message
        }
    }
}
