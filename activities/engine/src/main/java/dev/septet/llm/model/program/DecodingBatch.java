package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.weights.LoadedAdapter;
import dev.septet.llm.runtime.TensorList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Decoding inputs in the layout of the program's {@code decode}: the tokens of all sequences are
 * concatenated without padding.
 *
 * @param spans per sequence: number of cached tokens, number of new tokens
 * @param groups per run of tokens with one adapter: index of its first tensor in {@code adapters}
 *     or -1, number of tokens
 * @param at flat positions of the tokens whose next token is requested, (M)
 * @param scored which of these request all logits, (P)
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
record DecodingBatch(
        List<DecodingInput> feeds,
        NDArray ids,
        NDArray positions,
        long[] spans,
        long[] groups,
        NDArray at,
        NDArray scored,
        int vocabulary,
        TensorList adapters,
        TensorList sequences) {

    /**
     * @param opened tensors of the adapter that the model was opened with; may be empty
     */
    static DecodingBatch of(NDManager scope, List<DecodingInput> feeds, List<NDArray> opened, int vocabulary) {
        LongStream.Builder ids = LongStream.builder();
        LongStream.Builder positions = LongStream.builder();
        LongStream.Builder spans = LongStream.builder();
        LongStream.Builder at = LongStream.builder();
        LongStream.Builder scored = LongStream.builder();
        int n = 0;
        int requested = 0;
        for (DecodingInput feed : feeds) {
            int start = feed.sequence().length();
            int count = feed.tokens().length;
            spans.add(start).add(count);
            for (int t = 0; t < count; t++) {
                ids.add(feed.tokens()[t]);
                positions.add(start + t);
            }
            n += count;
            for (int w = feed.outputs(); w > 0; w--) {
                at.add(n - w);
                if (feed.scores()) {
                    scored.add(requested);
                }
                requested++;
            }
        }
        List<NDArray> tensors = new ArrayList<>(opened);
        long[] groups = groups(feeds, tensors, opened.isEmpty() ? -1 : 0);
        return new DecodingBatch(
                feeds,
                scope.create(ids.build().toArray()),
                scope.create(positions.build().toArray()),
                spans.build().toArray(),
                groups,
                scope.create(at.build().toArray()),
                scope.create(scored.build().toArray()),
                vocabulary,
                TensorList.of(scope, tensors),
                TensorList.of(
                        scope,
                        feeds.stream().map(feed -> feed.sequence().reserve(0)).toList()));
    }

    private static long[] groups(List<DecodingInput> feeds, List<NDArray> tensors, long opened) {
        Map<LoadedAdapter, Long> indexes = new LinkedHashMap<>();
        List<long[]> groups = new ArrayList<>();
        for (DecodingInput feed : feeds) {
            long index = adapterIndex(feed.adapter(), indexes, tensors, opened);
            long[] last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
            if (last != null && last[0] == index) {
                last[1] += feed.tokens().length;
            } else {
                groups.add(new long[] {index, feed.tokens().length});
            }
        }
        return groups.stream().flatMapToLong(Arrays::stream).toArray();
    }

    private static long adapterIndex(
            @Nullable LoadedAdapter adapter, Map<LoadedAdapter, Long> indexes, List<NDArray> tensors, long opened) {
        if (adapter == null) {
            return opened;
        }
        return indexes.computeIfAbsent(adapter, added -> {
            long index = added.tensors().isEmpty() ? -1 : tensors.size();
            tensors.addAll(added.tensors());
            return index;
        });
    }

    /** Splits the program's result by decoding input. */
    List<TopTokens> split(NDList result) {
        long[] best = result.get(0).toLongArray();
        float[] highest = result.get(1).toFloatArray();
        NDArray all = result.get(2);
        float[] scores = all.isEmpty() ? new float[0] : all.toFloatArray();
        List<TopTokens> split = new ArrayList<>();
        int requested = 0;
        int row = 0;
        for (DecodingInput feed : feeds) {
            int count = feed.outputs();
            float[][] rows = new float[feed.scores() ? count : 0][];
            for (int i = 0; i < rows.length; i++, row++) {
                rows[i] = Arrays.copyOfRange(scores, row * vocabulary, (row + 1) * vocabulary);
            }
            split.add(new TopTokens(
                    Arrays.stream(best, requested, requested + count)
                            .mapToInt(id -> (int) id)
                            .toArray(),
                    Arrays.copyOfRange(highest, requested, requested + count),
                    rows));
            requested += count;
        }
        return split;
    }
}
