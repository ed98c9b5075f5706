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
        Overview.Slice slice = Overview.Slice.of(names, page);
        List<@Nullable CostSum> known = costs.apply(slice.names());
        List<Row> rows = new ArrayList<>();
        for (int at = 0; at < slice.names().size(); at++) {
            rows.add(new Row(slice.names().get(at), known.get(at)));
        }
        return new CostsView(search, rows, slice.page(), slice.pages(), names.size());
    }
}
