package dev.septet.activities.evaluate.check;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.store.Sha256;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Rows that a check asks the models about.
 *
 * @param name name of the set in scores and reports; empty for the test split
 * @param digest digest of what the rows came from
 * @param cutAfter length in tokens at which the prepare stage truncated rows; empty when all rows are whole
 */
public record ExamSet(String name, List<Row> rows, String digest, OptionalInt cutAfter) {
    /** Name of the set of general skills. */
    public static final String SUITE = "forgetting suite";

    public ExamSet {
        rows = List.copyOf(rows);
    }

    /** The name for people. */
    public String title() {
        return name.isEmpty() ? "test split" : name;
    }

    /** At most so many of the rows, evenly spaced. */
    ExamSet spread(int most) {
        if (rows.size() <= most) {
            return this;
        }
        int all = rows.size();
        List<Row> chosen = IntStream.range(0, most)
                .mapToObj(at -> rows.get((int) ((long) at * all / most)))
                .toList();
        return new ExamSet(
                name, chosen, Sha256.of(String.format(Locale.ROOT, "%s\n%d of %d", digest, most, all)), cutAfter);
    }
}
