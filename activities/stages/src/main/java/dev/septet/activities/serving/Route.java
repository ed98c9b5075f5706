package dev.septet.activities.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The models that answer a pipeline's requests. A server reads the route about once a second and
 * follows it; a running request stays with its model.
 *
 * @param pipeline the name that clients send as {@code model}
 * @param champion answers all requests that the challenger does not
 * @param challenger the model on trial; null when there is none
 * @param share fraction of requests that the challenger answers, above 0 and at most 1; 0 without a
 *     challenger
 * @param generation increases by one with every change, from 1
 * @param until time (milliseconds since 1970, UTC) from which the challenger gets no requests,
 *     because no one monitors it any more; null = no end
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Route(
        String pipeline,
        Variant champion,
        @Nullable Variant challenger,
        double share,
        long generation,
        @Nullable Long until) {
    public Route {
        boolean fits = challenger == null ? share == 0 : share > 0 && share <= 1;
        if (!fits || generation < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "a route has a challenger with a share above 0, or neither; got share %s, generation %d",
                    share,
                    generation));
        }
    }

    /** A route whose trial has no end time. */
    public Route(String pipeline, Variant champion, @Nullable Variant challenger, double share, long generation) {
        this(pipeline, champion, challenger, share, generation, null);
    }

    /** The first route of a pipeline. */
    static Route first(String pipeline, Variant champion) {
        return new Route(pipeline, champion, null, 0, 1);
    }

    /** A route on which this model answers all requests. */
    Route only(Variant all) {
        return all.same(champion) && challenger == null ? this : new Route(pipeline, all, null, 0, generation + 1);
    }

    /**
     * A route with this model on trial beside the champion; an existing trial of it keeps its end.
     */
    Route withTrial(Variant tried, double on, @Nullable Long until) {
        return tried.same(challenger) && on == share
                ? this
                : new Route(pipeline, champion, tried, on, generation + 1, until);
    }

    /** The same trial with a later end. */
    Route renewed(Variant tried, long later) {
        Long now = until;
        return tried.same(challenger) && now != null && later > now
                ? new Route(pipeline, champion, challenger, share, generation + 1, later)
                : this;
    }

    /** The effective route at that time (milliseconds since 1970, UTC). */
    public Route at(long millis) {
        return until != null && millis >= until ? new Route(pipeline, champion, null, 0, generation) : this;
    }
}
