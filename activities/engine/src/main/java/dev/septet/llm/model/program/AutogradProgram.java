package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/**
 * The decoder's program, differentiated by libtorch's autograd. It trains every method, and it is
 * the reference that other programs are compared with.
 *
 * @param leaves the parameters themselves, by their names in the model's files
 */
public record AutogradProgram(Decoder decoder, Map<String, NDArray> leaves) implements TrainingProgram {
    @Override
    public String name() {
        return ProgramRevision.AUTOGRAD.identity();
    }

    @Override
    public Map<String, NDArray> parts(NDManager scope, Map<String, NDArray> tensors, List<String> suffixes) {
        return tensors;
    }

    @Override
    public AnswerPairs.Judged backward(
            NDManager scope,
            TokenBatch batch,
            AnswerPairs pairs,
            NDArray dropoutKeys,
            double total,
            boolean recompute) {
        return AnswerPairs.Judged.of(decoder.backward(scope, batch, pairs, dropoutKeys, total, recompute));
    }

    @Override
    public NDArray logProbabilities(NDManager scope, TokenBatch batch) {
        return decoder.logProbabilities(scope, batch);
    }
}
