package dev.septet.activities.lineage;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a pipeline may never prepare again: store records {@code forgotten/<pipeline>}. They have digests of records
 * as they are read, one a line, sorted; see {@link RowDigests}.
 */
public record ForgottenRows(Set<String> digests) {
    private static final String PREFIX = "forgotten/";

    public ForgottenRows {
        digests = Set.copyOf(digests);
    }

    /** The list of a pipeline. */
    public static ForgottenRows of(ArtifactStore store, String pipeline) throws IOException {
        return parse(store.record(PREFIX + pipeline));
    }

    private static ForgottenRows parse(Optional<String> text) {
        return new ForgottenRows(text.stream()
                .flatMap(String::lines)
                .filter(line -> !line.isBlank())
                .collect(Collectors.toSet()));
    }

    /** The digest of the list for keys of stages; null for an empty list. */
    public @Nullable String sha256() {
        return digests.isEmpty()
                ? null
                : HexFormat.of().formatHex(Sha256.start().digest(text().getBytes(StandardCharsets.UTF_8)));
    }

    /** Adds rows to the list of a pipeline. Adding the same rows again changes nothing. */
    public static ForgottenRows add(ArtifactStore store, String pipeline, Set<String> digests, Fence fence)
            throws IOException {
        while (true) {
            Optional<String> before = store.record(PREFIX + pipeline);
            SortedSet<String> all = new TreeSet<>(parse(before).digests());
            boolean changed = all.addAll(digests);
            ForgottenRows list = new ForgottenRows(all);
            if (!changed || store.replaceRecord(PREFIX + pipeline, before, list.text(), fence)) {
                return list;
            }
        }
    }

    private String text() {
        return String.join("\n", new TreeSet<>(digests));
    }
}
