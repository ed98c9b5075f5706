package dev.septet.activities.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a run's requests may still use. A request reserves the most that it can use before it is sent, in a record of the
 * artifact store. If a process is killed, the next attempt counts the requests whose answers did not arrive as used: the
 * service may have answered them. So kills cannot exceed the budget.
 *
 * <p>The used part is counted from the answers, also from stored ones, in the order of the rows. So a repeated run ends at the
 * same row, unless requests of the first or the repeated run were lost.
 */
public final class BudgetLedger {
    private final ArtifactStore store;
    private final Fence fence;
    private final String name;
    private final GenerateSpec.Budget budget;
    private State state;
    private Amount used = Amount.NONE;

    /**
     * Tokens and money.
     *
     * @param cost in the currency of the endpoint's prices
     */
    public record Amount(long tokens, double cost) {
        public static final Amount NONE = new Amount(0, 0);

        Amount plus(Amount other) {
            return new Amount(tokens + other.tokens, cost + other.cost);
        }

        Amount minus(Amount other) {
            return new Amount(tokens - other.tokens, cost - other.cost);
        }
    }

    /**
     * The stored part.
     *
     * @param lost requests whose answers did not arrive
     * @param open requests that were sent, by the digests of their answers
     */
    private record State(Amount lost, Map<String, Amount> open) {
        private static final State NONE = new State(Amount.NONE, Map.of());
    }

    /**
     * Reads the ledger of a run, and counts requests of killed attempts.
     *
     * @param scope names the run and the step of its pipeline
     * @param arrived whether an answer is stored
     */
    BudgetLedger(ArtifactStore store, Fence fence, String scope, GenerateSpec.Budget budget, Predicate<String> arrived)
            throws IOException {
        this.store = store;
        this.fence = fence;
        this.budget = budget;
        name = "answer-budgets/" + scope;
        State before = read();
        Amount lost = before.lost;
        for (Map.Entry<String, Amount> request : before.open.entrySet()) {
            lost = arrived.test(request.getKey()) ? lost : lost.plus(request.getValue());
        }
        state = new State(lost, Map.of());
        if (!before.open.isEmpty()) {
            write();
        }
    }

    private State read() throws IOException {
        String text = store.record(name).orElse("");
        try {
            return text.isEmpty() ? State.NONE : SpecJson.mapper().readValue(text, State.class);
        } catch (JsonProcessingException damaged) {
            throw new IOException("the record %s is damaged".formatted(name), damaged);
        }
    }

    private void write() throws IOException {
        store.putRecord(name, SpecJson.mapper().writeValueAsString(state), fence);
    }

    /**
     * How many of some requests fit, in their order.
     *
     * @param most the most that each request can use
     */
    synchronized int fitting(Iterable<Amount> most) {
        Amount all = used.plus(state.lost);
        int count = 0;
        for (Amount one : most) {
            all = all.plus(one);
            if (exceeds(all)) {
                return count;
            }
            count++;
        }
        return count;
    }

    /** Whether a request fits into the whole budget. */
    boolean couldFit(Amount most) {
        return !exceeds(most);
    }

    private boolean exceeds(Amount amount) {
        return (budget.tokens() != null && amount.tokens > budget.tokens())
                || (budget.cost() != null && amount.cost > budget.cost());
    }

    /** Reserves for requests that will be sent, before they are. */
    synchronized void reserve(Map<String, Amount> requests) throws IOException {
        if (!requests.isEmpty()) {
            state = new State(state.lost, new TreeMap<>(requests));
            write();
        }
    }

    /**
     * Counts a request as used whose answer did not arrive, before it is sent again.
     *
     * @return whether it may be sent again
     */
    synchronized boolean lost(Amount most) throws IOException {
        state = new State(state.lost.plus(most), state.open);
        write();
        Amount all = used.plus(state.lost);
        for (Amount open : state.open.values()) {
            all = all.plus(open);
        }
        return !exceeds(all);
    }

    /** Ends the reservation of a request that the service refused, which costs nothing. */
    synchronized void free(String digest) throws IOException {
        Map<String, Amount> open = new TreeMap<>(state.open);
        if (open.remove(digest) != null) {
            state = new State(state.lost, open);
            write();
        }
    }

    /** Counts answers as used, and ends the reservations. */
    synchronized void settle(Amount answers) {
        used = used.plus(answers);
        state = new State(state.lost, Map.of()); // written with the next reservation
    }

    /** What the requests used whose answers did not arrive. */
    synchronized Amount lost() {
        return state.lost;
    }

    /** What the answers so far used. It does not depend on kills. */
    synchronized Amount used() {
        return used;
    }

    /** What the answers so far used, and the requests whose answers did not arrive. */
    synchronized Amount spent() {
        return used.plus(state.lost);
    }
}
