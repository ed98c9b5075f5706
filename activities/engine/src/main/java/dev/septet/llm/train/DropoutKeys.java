package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.runtime.CounterRandom;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;

/**
 * The keys that determine which elements dropout zeroes. Each token's key is a function of (seed,
 * step, the row's position in the step, the token's position in the row). So a different split into
 * micro-batches drops the same elements.
 */
final class DropoutKeys {
    private final CounterRandom random;
    private final boolean drops;

    DropoutKeys(long seed, boolean drops) {
        this.random = CounterRandom.stream(seed, "dropout");
        this.drops = drops;
    }

    /**
     * The keys of a micro-batch's tokens (N) int64; (0) without dropout.
     *
     * @param places positions of its rows in the step
     * @param tokens number of input tokens of the row at a position
     */
    NDArray of(NDManager scope, int step, List<Integer> places, IntUnaryOperator tokens) {
        if (!drops) {
            return scope.create(new Shape(0), DataType.INT64);
        }
        CounterRandom stepRandom = random.at(step);
        return scope.create(places.stream()
                .flatMapToLong(
                        place -> LongStream.range(0, tokens.applyAsInt(place)).map(stepRandom.at(place)::bits))
                .toArray());
    }
}
