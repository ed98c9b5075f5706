package dev.septet.examples.driftrates;

import dev.septet.activities.monitor.log.ObservedRequest;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.examples.traffic.Customers;
import dev.septet.examples.traffic.Shift;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Exchange;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests from which streams are drawn. The model reads each request once. A stream takes each
 * request at most once, so that requests before and after training have the same distribution.
 */
public final class Pool implements PromptReader {
    /** Share of refusals among ordinary answers. */
    private static final double REFUSED = 0.02;

    private static final String REFUSAL = "I'm sorry, but I can't help with that.";

    private final Map<Shift, List<ObservedRequest>> requests = new EnumMap<>(Shift.class);
    private final Map<String, Integer> tokens = new HashMap<>();
    private final Map<String, Double> losses = new HashMap<>();

    /**
     * Creates the requests and lets the model read them.
     *
     * @param ordinary number of unshifted requests
     * @param shifted number of requests of each shift
     */
    public Pool(long seed, int ordinary, int shifted, PromptReader model) {
        Customers customers = new Customers(seed, "pool");
        for (Shift shift : Shift.values()) {
            List<ObservedRequest> some = new ArrayList<>();
            int count = shift == Shift.NONE ? ordinary : shifted;
            for (int number = 0; number < count; number++) {
                // Shifts that keep the questions must not repeat the ordinary requests.
                Exchange asked = customers.ask(shift, shift == Shift.NONE ? number : ordinary + number);
                boolean refused = Draw.of(seed, "refused " + shift, number).chance(REFUSED);
                some.add(ObservedRequest.of(asked.question(), refused ? REFUSAL : asked.answer()));
            }
            requests.put(shift, some);
            read(some.stream().map(ObservedRequest::prompt).distinct().toList(), model);
        }
    }

    /** The request of this number. */
    ObservedRequest request(Shift shift, int number) {
        return of(shift).get(number);
    }

    int size(Shift shift) {
        return of(shift).size();
    }

    @Override
    public int tokens(String text) {
        return tokens.getOrDefault(text, 0);
    }

    @Override
    public double[] losses(List<String> texts) {
        return texts.stream()
                .mapToDouble(text -> losses.getOrDefault(text, Double.NaN))
                .toArray();
    }

    @Override
    public void close() {}

    private List<ObservedRequest> of(Shift shift) {
        return requests.getOrDefault(shift, List.of());
    }

    private void read(List<String> texts, PromptReader model) {
        double[] read = model.losses(texts);
        for (int at = 0; at < read.length; at++) {
            tokens.put(texts.get(at), model.tokens(texts.get(at)));
            losses.put(texts.get(at), read[at]);
        }
    }
}
