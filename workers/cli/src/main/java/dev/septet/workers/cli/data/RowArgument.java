package dev.septet.workers.cli.data;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.StrictRecord;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowQuery;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A row as a person names it: a place, a digest, or a file. */
final class RowArgument {
    private static final Pattern PLACE = Pattern.compile("(.+):([0-9]{1,18})");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{12,32}");
    private static final long LARGEST_ROW = 16 << 20;

    private RowArgument() {}

    /** The digests of the rows in the store of this machine. */
    static RowDigests digests(Session session) throws IOException {
        Optional<RowDigests> digests = session.hasStore() ? RowDigests.in(session.store()) : Optional.empty();
        return digests.orElseThrow(() -> new CliProblem(
                ExitCode.NOT_FOUND,
                "no row was traced in %s yet: run a pipeline first"
                        .formatted(session.state().store())));
    }

    /** A row as a person names it. A file wins over a place and a digest. */
    static RowQuery query(String text, RowDigests digests) throws IOException {
        Path path = path(text);
        if (path != null && Files.isRegularFile(path)) {
            if (Files.size(path) > LARGEST_ROW) {
                throw new CliProblem(
                        ExitCode.USAGE,
                        "%s is larger than a row may be (16 MB); name one row, such as %s:1".formatted(text, text));
            }
            try {
                return RowQuery.of(Set.of(digests.of(StrictRecord.object(Files.readAllBytes(path)))));
            } catch (RowProblem notARow) {
                throw new CliProblem(
                        ExitCode.USAGE,
                        "%s: %s; expected the JSON of one row, or a place such as %s:1"
                                .formatted(text, notARow.getMessage(), text));
            }
        }
        if (DIGEST.matcher(text).matches()) {
            return RowQuery.startingWith(text);
        }
        Matcher place = PLACE.matcher(text);
        if (place.matches()) {
            return RowQuery.at(new RowPlace(place.group(1), Long.parseLong(place.group(2))));
        }
        throw new CliProblem(
                ExitCode.USAGE,
                "'%s' is no row: expected FILE:LINE, a digest of 12 to 32 hexadecimal digits, or a file with the row's JSON"
                        .formatted(text));
    }

    private static @Nullable Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException notAPath) {
            return null;
        }
    }
}
