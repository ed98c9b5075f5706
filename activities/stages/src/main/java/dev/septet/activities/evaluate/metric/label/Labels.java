package dev.septet.activities.evaluate.metric.label;

import dev.septet.activities.evaluate.metric.Metric;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Answers as labels: the text in lower case, without white space at its ends. */
public final class Labels {
    /** The largest number of distinct labels; more are texts, not labels. */
    public static final int MOST = 200;

    private Labels() {}

    /** The label of an answer. */
    public static String of(String answer) {
        return answer.strip().toLowerCase(Locale.ROOT);
    }

    /** The distinct labels of these answers, sorted. */
    static List<String> distinct(List<String> answers) {
        Set<String> labels = new TreeSet<>();
        answers.forEach(answer -> labels.add(of(answer)));
        return new ArrayList<>(labels);
    }

    /** The row whose label is one too many, if there is one. */
    static Optional<Metric.Misfit> tooMany(String metric, List<String> references) {
        Set<String> labels = new HashSet<>();
        for (int row = 0; row < references.size(); row++) {
            if (labels.add(of(references.get(row))) && labels.size() > MOST) {
                return Optional.of(new Metric.Misfit(
                        row,
                        String.format(
                                Locale.ROOT,
                                "is the row with the %dth distinct answer, but %s compares at most %d labels",
                                labels.size(),
                                metric,
                                MOST),
                        "use a metric of texts, such as exactMatch or rougeL, or rows whose answers are labels"));
            }
        }
        return Optional.empty();
    }
}
