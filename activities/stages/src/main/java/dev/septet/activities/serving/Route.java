package dev.septet.activities.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Who answers a pipeline's requests. A server that reads it anew about once a second serves what it
 * says; requests that are being answered stay with the model they began with.
 *
 * @param pipeline the name that clients send as {@code model}
 * @param champion answers all requests that the challenger does not
 * @param challenger on trial; null when none is
 * @param share of requests that the challenger answers, above 0 and at most 1; 0 without one
 * @param generation grows by one with every change, from 1
 * @param until from this time on (milliseconds since 1970, UTC) the challenger has no share any
 *     more, because nobody watches it; null = as long as the route says so
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
            throw new IllegalArgumentException(
                    "a route has a challenger with a share above 0, or neither; got share %s, generation %d"
                            .formatted(share, generation));
        }
    }

    /** One whose trial has no end of its own. */
    public Route(String pipeline, Variant champion, @Nullable Variant challenger, double share, long generation) {
        this(pipeline, champion, challenger, share, generation, null);
    }

    /** The first of a pipeline. */
    static Route first(String pipeline, Variant champion) {
        return new Route(pipeline, champion, null, 0, 1);
    }

    /** This one answers everything. */
    Route alone(Variant all) {
        return all.same(champion) && challenger == null ? this : new Route(pipeline, all, null, 0, generation + 1);
    }

    /** This one is tried beside the champion; where it is already, its end stays. */
    Route tried(Variant tried, double on, @Nullable Long until) {
        return tried.same(challenger) && on == share
                ? this
                : new Route(pipeline, champion, tried, on, generation + 1, until);
    }

    /** The same trial until later. */
    Route renewed(Variant tried, long later) {
        Long now = until;
        return tried.same(challenger) && now != null && later > now
                ? new Route(pipeline, champion, challenger, share, generation + 1, later)
                : this;
    }

    /** Who answers at that time (milliseconds since 1970, UTC). */
    public Route at(long millis) {
        return until != null && millis >= until ? new Route(pipeline, champion, null, 0, generation) : this;
    }
}
