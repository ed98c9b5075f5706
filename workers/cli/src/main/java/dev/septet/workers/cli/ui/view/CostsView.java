package dev.septet.workers.cli.ui.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of the list of what pipelines cost.
 *
 * @param search the text that names must contain; empty for all
 * @param page number of the page, from 1
 * @param pages number of pages
 * @param matches number of pipelines on all pages
 */
public record CostsView(String search, List<Row> rows, int page, int pages, int matches) {
    /** The newest evaluated runs of a pipeline that count. */
    public static final int RUNS = 20;

    public CostsView {
        rows = List.copyOf(rows);
    }

    /**
     * A pipeline.
     *
     * @param cost what its newest runs cost; null while the store is read
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(String pipeline, @Nullable CostSum cost) {}

    /**
     * Makes a page.
     *
     * @param pipelines names of the pipelines with an evaluated run
     * @param costs reads what the pipelines on the page cost, in their order; null for one that is not read yet
     */
    static CostsView of(
            Set<String> pipelines, String search, int page, Function<List<String>, List<@Nullable CostSum>> costs) {
        TreeSet<String> matching = new TreeSet<>(pipelines);
        String part = search.strip().toLowerCase(Locale.ROOT);
        matching.removeIf(name -> !name.toLowerCase(Locale.ROOT).contains(part));
        List<String> names = List.copyOf(matching);
        int pages = Math.max(1, (names.size() + Overview.ROWS - 1) / Overview.ROWS);
        int shown = Math.max(1, Math.min(page, pages));
        List<String> on = names.subList((shown - 1) * Overview.ROWS, Math.min(names.size(), shown * Overview.ROWS));
        List<@Nullable CostSum> known = costs.apply(on);
        List<Row> rows = new ArrayList<>();
        for (int at = 0; at < on.size(); at++) {
            rows.add(new Row(on.get(at), known.get(at)));
        }
        return new CostsView(search, rows, shown, pages, names.size());
    }
}
