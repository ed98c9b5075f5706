package dev.septet.examples.driftrates;

import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.log.ObservedRequest;
import dev.septet.examples.traffic.Shift;
import dev.septet.examples.world.Draw;
import dev.septet.llm.runtime.CounterRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * The requests of one simulated model: its training requests, then windows of served requests. From
 * a given window on, a share of the requests is shifted.
 */
public final class Traffic {
    /** Number of training rows. */
    public static final int TRAINED = 800;

    /** Number of requests per window. */
    public static final int WINDOW = 200;

    private static final double WITH_OPINION = 0.3;
    private static final double NEGATIVE = 0.2;

    private final Pool pool;
    private final long seed;
    private final Shift shift;
    private final double share;
    private final int calm;
    private final int[] ordinary;
    private final int[] shifted;

    /**
     * @param calm number of windows before the shift
     * @param share share of shifted requests from then on
     */
    public Traffic(Pool pool, long seed, Shift shift, double share, int calm) {
        this.pool = pool;
        this.seed = seed;
        this.shift = shift;
        this.share = share;
        this.calm = calm;
        ordinary = CounterRandom.stream(seed, "ordinary").permutation(pool.size(Shift.NONE));
        shifted = CounterRandom.stream(seed, "shifted").permutation(pool.size(shift));
    }

    /** The requests on which the model was trained. */
    public List<ObservedRequest> trained() {
        List<ObservedRequest> rows = new ArrayList<>();
        for (int row = 0; row < TRAINED; row++) {
            rows.add(pool.request(Shift.NONE, ordinary[row]));
        }
        return rows;
    }

    /** The window of this number, from 0. */
    public AuditWindow window(int number) {
        List<ObservedRequest> rows = new ArrayList<>();
        long opinions = 0;
        long negative = 0;
        for (int row = 0; row < WINDOW; row++) {
            int request = number * WINDOW + row;
            Draw draw = Draw.of(seed, "requests", request);
            boolean moved = number >= calm && draw.chance(share);
            rows.add(
                    moved
                            ? pool.request(shift, shifted[(number - calm) * WINDOW + row])
                            : pool.request(Shift.NONE, ordinary[TRAINED + request]));
            if (draw.chance(WITH_OPINION)) {
                opinions++;
                boolean disliked = moved && shift == Shift.FEEDBACK;
                negative += disliked || draw.chance(NEGATIVE) ? 1 : 0;
            }
        }
        return new AuditWindow(rows, negative, opinions, 0, 0, WINDOW, false);
    }
}
