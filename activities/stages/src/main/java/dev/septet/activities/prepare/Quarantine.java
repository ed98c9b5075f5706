package dev.septet.activities.prepare;

import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.text.PublicText;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Counts bad rows and lists each one, until there are more than the pipeline allows. */
final class Quarantine implements Closeable {
    private static final int NAMED = 5;
    private static final int COUNTED_BEYOND = 1000;

    private final String source;
    private final int allowed;
    private final PrepareSpec spec;
    private final boolean sampled;
    private final JsonLinesFile out;
    private final List<BadRow> first = new ArrayList<>();
    private long count;
    private long tooLong;

    /**
     * @param sampled whether only a sample of the rows is read
     */
    Quarantine(String source, PrepareSpec spec, boolean sampled, JsonLinesFile out) {
        this.source = source;
        this.spec = spec;
        this.sampled = sampled;
        allowed = spec.maxBadRows();
        this.out = out;
    }

    /** A line of quarantine.jsonl: the place and the reason, never the row's text. */
    record Line(String source, String reason, long bytes) {}

    /**
     * @param isLong whether the row is bad because it is longer than {@code maxTokens}
     */
    void add(BadRow bad, boolean isLong) throws IOException {
        count++;
        tooLong += isLong ? 1 : 0;
        if (first.size() < NAMED) {
            first.add(bad);
        }
        out.add(new Line(bad.place().toString(), bad.reason().toString(), bad.bytes()));
        if (count > allowed + (long) COUNTED_BEYOND) {
            throw tooMany(PublicText.of("more than %d", count - 1));
        }
    }

    long count() {
        return count;
    }

    /** Number of rows that are longer than {@code maxTokens}. */
    long tooLong() {
        return tooLong;
    }

    /** The first bad rows. */
    List<BadRow> first() {
        return List.copyOf(first);
    }

    /** Fails when there are more bad rows than the pipeline allows. */
    void check() {
        if (count > allowed) {
            throw tooMany(PublicText.of("%d", count));
        }
    }

    private DatasetProblem tooMany(PublicText found) {
        PublicText named = PublicText.of("");
        for (BadRow bad : first) {
            named = PublicText.of("%s  %s\n", named, bad.shown());
        }
        return new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s bad %s in %s, allowed are %d:\n"
                                + "%s%sCorrect the rows, or set them aside with `maxBadRows %d`%s%s",
                        found,
                        count == 1 ? PublicText.of("row") : PublicText.of("rows"),
                        PublicText.file(source),
                        allowed,
                        named,
                        count > first.size() ? PublicText.of("  and more\n") : PublicText.of(""),
                        count,
                        longRowsSentence(),
                        sampled
                                ? PublicText.of(".\nOnly a sample of the rows was read: the whole file may"
                                        + " have more bad rows")
                                : PublicText.of("")));
    }

    private PublicText longRowsSentence() {
        return tooLong == 0 || spec.longRows() != PrepareSpec.LongRows.FAIL
                ? PublicText.of("")
                : PublicText.of(
                        ".\nFor longer rows write `maxTokens %d, longer: drop` to leave them out,"
                                + " `longer: truncate` to cut them at their end, or a larger"
                                + " maxTokens and `longer: fail`, which is the default",
                        spec.maxTokens());
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
