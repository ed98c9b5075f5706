package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.search.ChoiceSpec;
import dev.septet.workflows.artifact.DatasetRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The exam that compares models with different tokenizers, on the rows of the validation split. A loss per token is not
 * comparable: a tokenizer with longer tokens has fewer of them, and each one is harder to predict. The bytes of the answers are
 * the same for all models.
 */
public final class BaseModelExam {
    private final EvaluationRows rows;

    private BaseModelExam(EvaluationRows rows) {
        this.rows = rows;
    }

    /**
     * The exam on a prepared dataset.
     *
     * @throws StageProblem when the validation split has no rows, or rows are cut at a number of tokens
     */
    public static BaseModelExam of(Path dataset, DatasetRef ref, EvaluateSpec evaluate, long seed) throws IOException {
        if (DatasetCard.cutAfter(dataset).isPresent()) {
            throw StageProblem.invalid(
                    "candidates: the dataset has rows that are cut at maxTokens, so models with different tokenizers"
                            + " would be compared on different texts; raise maxTokens in prepare, leave out longer rows,"
                            + " or name one `model`");
        }
        EvaluateSpec losses = new EvaluateSpec(
                List.of(new MetricSpec(ChoiceSpec.LOSS, null, null)),
                List.of(),
                null,
                null,
                null,
                evaluate.limit(),
                evaluate.maxNewTokens(),
                0,
                evaluate.policy());
        return new BaseModelExam(RowSource.validation(dataset, ref.artifact(), losses, seed));
    }

    /**
     * Bits that the model needs for the reference answers of all rows, divided by their bytes in UTF-8: Σ -ln p(answer) / (ln 2 ·
     * Σ bytes). The end token of an answer is part of it.
     *
     * @param progress receives the number of finished rows
     * @return NaN when the loss of a row is not finite, or all answers are empty
     */
    public double bitsPerByte(
            ArtifactStore store, Fence fence, Subjects subjects, Candidate candidate, IntConsumer progress)
            throws IOException {
        List<Prediction> predictions = new Predictions(store, fence, subjects).of(candidate, rows, progress);
        double nats = 0;
        long bytes = 0;
        for (int at = 0; at < predictions.size(); at++) {
            Row row = rows.rows().get(at);
            nats += predictions.get(at).loss();
            bytes += Prediction.reference(row).getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes == 0 ? Double.NaN : nats / Math.log(2) / bytes;
    }
}
