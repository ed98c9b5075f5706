package dev.septet.workers.cli;

import dev.septet.workers.serve.http.ApiKeys;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Where the API keys of a server come from. */
record KeyFile(Session session) {
    static final String VARIABLE = "SEPTET_API_KEYS";

    /**
     * The keys: a file's lines, else the words of the environment variable.
     *
     * @param file null = the variable, or no keys
     */
    ApiKeys keys(@Nullable Path file) {
        String words = session.environment().getOrDefault(VARIABLE, "");
        List<String> keys = file == null ? words(words, "[\\s,]+") : lines(file);
        if (file != null && keys.isEmpty()) {
            throw new CliProblem(ExitCode.USAGE, file + " has no keys; write one a line");
        }
        try {
            return new ApiKeys(keys);
        } catch (IllegalArgumentException e) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s: %s. `openssl rand -hex 24` makes one."
                            .formatted(file == null ? VARIABLE : file, e.getMessage()));
        }
    }

    private static List<String> lines(Path file) {
        try {
            return words(Files.readString(file), "\\R");
        } catch (IOException e) {
            throw new CliProblem(ExitCode.NOT_FOUND, "cannot read the key file " + file);
        }
    }

    private static List<String> words(String text, String between) {
        return Arrays.stream(text.split(between))
                .map(String::strip)
                .filter(word -> !word.isEmpty() && !word.startsWith("#"))
                .toList();
    }
}
