package dev.septet.workers.cli.ui.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A page and what stands on each page.
 *
 * @param title the page's title
 * @param place the entry of the menu that it belongs to
 * @param user who uses it
 * @param server address of the Temporal server; empty before it answered
 * @param readAt when its facts were read, ISO-8601; null before the first time
 * @param problem why the facts are not current; null when they are
 * @param notice what a button did; null for nothing
 * @param waiting number of models that wait for an approval
 * @param view the content; null when nothing could be read yet
 * @param <V> the content
 */
public record UiPage<V>(
        String title,
        Place place,
        UiUser user,
        String server,
        @Nullable String readAt,
        @Nullable String problem,
        @Nullable Notice notice,
        int waiting,
        @Nullable V view) {
    /** The entries of the menu. */
    public enum Place {
        PIPELINES,
        APPROVALS,
        WORKERS,
        COSTS
    }

    /**
     * What a button did.
     *
     * @param good whether it worked
     */
    public record Notice(String text, boolean good) {}

    /** The same for programs. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Json<V>(
            String server,
            @Nullable String readAt,
            @Nullable String problem,
            @Nullable V view) {}

    public Json<V> json() {
        return new Json<>(server, readAt, problem, view);
    }

    /** Whether this is the entry of the page. */
    public boolean at(Place entry) {
        return place == entry;
    }
}
