package dev.septet.activities.evaluate.rival;

import dev.septet.activities.evaluate.check.CheckedModels.Which;
import dev.septet.activities.evaluate.check.ExamSet;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The models under evaluation, as a comparison with retrieval asks them. What they return is stored before it is read. */
public interface RivalModels {
    /** The metrics and scores of a set that need no judge. */
    List<Metric> metrics(ExamSet set);

    /**
     * A model's answers to a set.
     *
     * @param asked what it is asked: the set's own rows, or the same rows with other prompts
     * @return in row order, against the set's own rows
     */
    List<Outcome> outcomes(Which model, ExamSet set, ExamSet asked) throws IOException;

    /**
     * Measures the time of some answers.
     *
     * @return name of the store's record with the seconds of each answer; they are not part of the results, because equal
     *     runs have equal results
     */
    String timed(Which model, ExamSet set, ExamSet asked) throws IOException;

    /**
     * The base model's vectors, by the hidden states behind a layer.
     *
     * @param size numbers of a vector
     */
    TextVectors vectors(int layer, int size);

    /** A private, empty folder. */
    Path scratch() throws IOException;

    /** Reports progress; what it throws ends the comparison. */
    void report(String doing, int done, int total);
}
