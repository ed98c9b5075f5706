package dev.septet.examples.world;

import dev.septet.llm.runtime.CounterRandom;
import java.util.List;

/** The random choices of one document. Equal (seed, purpose, number) give equal choices. */
public final class Draw {
    private final CounterRandom random;
    private long drawn;

    private Draw(CounterRandom random) {
        this.random = random;
    }

    /** The choices of the document of this number. */
    public static Draw of(long seed, String purpose, long number) {
        return new Draw(CounterRandom.stream(seed, purpose).at(number));
    }

    /** Uniform in 0 .. bound-1. */
    public int below(int bound) {
        return random.below(bound, drawn++);
    }

    /** Uniform in first .. last, inclusive. */
    public int between(int first, int last) {
        return first + below(last - first + 1);
    }

    /** Uniform in [0, 1). */
    public double uniform() {
        return random.uniform(drawn++);
    }

    /** True with this probability. */
    public boolean chance(double share) {
        return uniform() < share;
    }

    /** One of the choices, with equal probability. */
    public <T> T pick(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
