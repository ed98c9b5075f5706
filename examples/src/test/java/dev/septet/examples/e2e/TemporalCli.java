package dev.septet.examples.e2e;

import dev.septet.workers.StateFolder;
import dev.septet.workers.server.BinaryFinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The official {@code temporal} command, beside a stack. */
final class TemporalCli {
    private TemporalCli() {}

    /** Runs it with these arguments. */
    static Shell.Said run(DevStack stack, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(path().toString());
        command.addAll(List.of(arguments));
        return Shell.run(Workspace.CHECKOUT, stack.environment(), command, 120);
    }

    /** Runs a line that a person would paste, with {@code temporal} and {@code septet} at hand. */
    static Shell.Said paste(DevStack stack, String line) throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(stack.environment());
        environment.put("SEPTET_STATE", stack.state().toString());
        environment.put("PATH", Workspace.CHECKOUT + ":" + path().getParent() + ":" + System.getenv("PATH"));
        return Shell.run(Workspace.CHECKOUT, environment, List.of("bash", "-c", line), 120);
    }

    /** Makes a person's SSH key in this file; its public line. */
    static String sshKey(Path file) throws IOException, InterruptedException {
        List<String> words = List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "" + file);
        if (new ProcessBuilder(words).start().waitFor() != 0) {
            throw new IOException("ssh-keygen made no key");
        }
        return Files.readString(file.resolveSibling(file.getFileName() + ".pub"))
                .strip();
    }

    /** The binary, which is the server too. */
    static Path path() {
        return BinaryFinder.of(System.getenv(), StateFolder.data(System.getenv()))
                .find(note -> {})
                .orElseThrow(() -> new AssertionError("no Temporal CLI can be had"));
    }
}
