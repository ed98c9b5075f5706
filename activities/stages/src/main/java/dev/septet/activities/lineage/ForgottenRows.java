package dev.septet.activities.lineage;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a pipeline may never prepare again: store records {@code forgotten/<pipeline>}. They have one digest a line, in
 * two sorted parts: digests of records as they are read, then digests of rows' texts with {@code content } before them. A list
 * of an earlier version has records only.
 *
 * @param digests digests of records, see {@link RowDigests#of}
 * @param contents digests of rows' texts, see {@link RowDigests#content}
 */
public record ForgottenRows(Set<String> digests, Set<String> contents) {
    private static final String PREFIX = "forgotten/";
    private static final String CONTENT = "content ";

    public ForgottenRows {
        digests = Set.copyOf(digests);
        contents = Set.copyOf(contents);
    }

    /** The list of a pipeline. */
    public static ForgottenRows of(ArtifactStore store, String pipeline) throws IOException {
        return parse(store.record(PREFIX + pipeline));
    }

    private static ForgottenRows parse(Optional<String> text) {
        Set<String> digests = new TreeSet<>();
        Set<String> contents = new TreeSet<>();
        text.stream().flatMap(String::lines).filter(line -> !line.isBlank()).forEach(line -> {
            if (line.startsWith(CONTENT)) {
                contents.add(line.substring(CONTENT.length()));
            } else {
                digests.add(line);
            }
        });
        return new ForgottenRows(digests, contents);
    }

    /** Whether nothing is forgotten. */
    public boolean isEmpty() {
        return digests.isEmpty() && contents.isEmpty();
    }

    /** The digest of the list for keys of stages; null for an empty list. */
    public @Nullable String sha256() {
        return isEmpty()
                ? null
                : HexFormat.of().formatHex(Sha256.start().digest(text().getBytes(StandardCharsets.UTF_8)));
    }

    /** Adds rows to the list of a pipeline. Adding the same rows again changes nothing. */
    public static ForgottenRows add(ArtifactStore store, String pipeline, ForgottenRows more, Fence fence)
            throws IOException {
        while (true) {
            Optional<String> before = store.record(PREFIX + pipeline);
            ForgottenRows known = parse(before);
            ForgottenRows list = known.and(more);
            if (list.equals(known) || store.replaceRecord(PREFIX + pipeline, before, list.text(), fence)) {
                return list;
            }
        }
    }

    private ForgottenRows and(ForgottenRows more) {
        Set<String> allDigests = new TreeSet<>(digests);
        allDigests.addAll(more.digests);
        Set<String> allContents = new TreeSet<>(contents);
        allContents.addAll(more.contents);
        return new ForgottenRows(allDigests, allContents);
    }

    private String text() {
        List<String> lines = new ArrayList<>(new TreeSet<>(digests));
        new TreeSet<>(contents).forEach(content -> lines.add(CONTENT + content));
        return String.join("\n", lines);
    }
}
