package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.evaluate.subject.Subjects;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Models whose answers are a rule; they count what they are asked and may die at a given row. */
final class FakeSubjects implements Subjects {
    private static final String BASE = "I do not know";

    final List<String> asked = new ArrayList<>();
    final List<OptionalInt> cuts = new ArrayList<>();
    int opened;
    int closed;

    /** Digest of a model that is never wrong. */
    String perfect = "";

    /** Rows that may still be asked before the process "dies". */
    int strength = Integer.MAX_VALUE;

    @Override
    public Subject open(Candidate candidate) {
        opened++;
        boolean tuned = candidate.adapter() != null || candidate.digest().equals(perfect);
        boolean always = candidate.digest().equals(perfect);
        return new Subject() {
            @Override
            public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                cuts.add(cutAfter);
                List<Prediction> predictions = new ArrayList<>();
                for (Row row : rows) {
                    if (strength-- <= 0) {
                        throw new IllegalStateException("killed");
                    }
                    asked.add(candidate.name() + " " + row.place());
                    predictions.add(prediction(row, tuned, always, answerTokens.isPresent()));
                }
                return predictions;
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }

    private static Prediction prediction(Row row, boolean tuned, boolean always, boolean answers) {
        String reference = Prediction.reference(row);
        boolean right = always || (tuned && row.place().line() % 25 != 0);
        double noise = Math.sin(row.place().line() * 12.9898) / 7;
        return new Prediction(
                answers ? right ? reference : BASE : null,
                (tuned ? 0.2 : 3.0 + noise) * reference.length(),
                reference.length());
    }
}
