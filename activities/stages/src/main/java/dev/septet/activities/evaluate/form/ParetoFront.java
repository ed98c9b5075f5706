package dev.septet.activities.evaluate.form;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forms that no other form dominates: none is at most as large and at least as good, and better in one of the two. Equal
 * forms do not dominate each other. A form whose value is not a number is never on the front.
 *
 * @see <a href="https://doi.org/10.1145/321906.321910">Kung, Luccio and Preparata, 1975: On finding the maxima of a set of
 *     vectors</a>
 */
final class ParetoFront {
    private ParetoFront() {}

    /**
     * Whether each form is on the front.
     *
     * @param bytes size of each form
     * @param values value of each form
     */
    static boolean[] of(long[] bytes, double[] values, boolean lowerIsBetter) {
        boolean[] front = new boolean[bytes.length];
        for (int at = 0; at < bytes.length; at++) {
            front[at] = !Double.isNaN(values[at]);
            for (int other = 0; other < bytes.length && front[at]; other++) {
                front[at] = !dominates(bytes, values, lowerIsBetter, other, at);
            }
        }
        return front;
    }

    private static boolean dominates(long[] bytes, double[] values, boolean lowerIsBetter, int one, int other) {
        double better = lowerIsBetter ? values[other] - values[one] : values[one] - values[other];
        return better >= 0 && bytes[one] <= bytes[other] && (better > 0 || bytes[one] < bytes[other]);
    }

    /** The same forms, whose scores are marked. */
    static List<FormResult> mark(List<FormResult> forms) {
        List<FormResult> marked = new ArrayList<>();
        for (FormResult form : forms) {
            List<FormScore> scores = new ArrayList<>();
            for (FormScore score : form.scores()) {
                scores.add(score.measured() ? score.with(onFront(forms, form, score)) : score);
            }
            marked.add(form.with(scores));
        }
        return marked;
    }

    private static boolean onFront(List<FormResult> forms, FormResult form, FormScore score) {
        List<FormResult> measured = forms.stream()
                .filter(each -> value(each, score.metric()) != null)
                .toList();
        long[] bytes = measured.stream().mapToLong(FormResult::bytes).toArray();
        double[] values = measured.stream()
                .mapToDouble(each -> {
                    Double value = value(each, score.metric());
                    return value == null ? Double.NaN : value;
                })
                .toArray();
        return of(bytes, values, score.lowerIsBetter())[measured.indexOf(form)];
    }

    private static @Nullable Double value(FormResult form, String metric) {
        return form.scores().stream()
                .filter(score -> score.metric().equals(metric) && score.measured())
                .map(FormScore::after)
                .findFirst()
                .orElse(null);
    }
}
