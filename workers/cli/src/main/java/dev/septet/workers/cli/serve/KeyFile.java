package dev.septet.workers.cli.serve;

import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.KeyRing;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the API keys of a server. */
public record KeyFile(Session session) {

    /**
     * The keys from the lines of a file, or else from the environment variable.
     *
     * @param file key file; null = the environment variable, or no keys
     */
    KeyRing keys(@Nullable Path file) {
        if (file != null) {
            return keyRing(file);
        }
        String words = Setting.API_KEYS.text(session.environment());
        try {
            return KeyRing.fixed(new ApiKeys(words(words, "[\\s,]+")));
        } catch (IllegalArgumentException e) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s: %s. `openssl rand -hex 24` makes one.".formatted(Setting.API_KEYS.variable(), e.getMessage()));
        }
    }

    /** The keys from the lines of a file, which may change. */
    public static KeyRing keyRing(Path file) {
        try {
            return KeyRing.file(file);
        } catch (NoSuchFileException e) {
            throw new CliProblem(ExitCode.NOT_FOUND, "cannot read the key file " + file);
        } catch (AccessDeniedException e) {
            throw new CliProblem(ExitCode.NOT_FOUND, "may not read the key file " + file);
        } catch (IOException e) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new CliProblem(ExitCode.USAGE, "%s: %s".formatted(file, e.getMessage()));
        }
    }

    private static List<String> words(String text, String between) {
        return Arrays.stream(text.split(between))
                .map(String::strip)
                .filter(word -> !word.isEmpty() && !word.startsWith("#"))
                .toList();
    }
}
