package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.comparison.MeasuredValue.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a value of two runs can be compared.
 *
 * @param reasons why not; empty when it can
 * @param notes what must be known to read a difference
 * @param decides whether a difference may name a better run; false where something that matters is not recorded
 */
record Comparability(List<String> reasons, List<String> notes, boolean decides) {
    private static final String TOKENS = "maxNewTokens";

    /** How the rows of two runs relate. */
    enum Rows {
        SAME,
        OTHER,
        UNKNOWN
    }

    /**
     * Compares how two runs measured a value.
     *
     * @param rows whether both answered the same test rows of the value's set
     * @param shared number of rows that both answered, for the message
     */
    static Comparability of(
            ComparedRun first, ComparedRun second, MeasuredValue one, MeasuredValue other, Rows rows, long shared) {
        List<String> reasons = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        boolean decides = true;
        ResultsFile a = first.results();
        ResultsFile b = second.results();
        boolean metric = one.kind() == Kind.METRIC || one.kind() == Kind.SLICE;
        boolean reads = metric && a.exam().readsAnswer(plain(one), one.set());
        boolean loss = one.kind() == Kind.FORGETTING || (metric && !reads && Boolean.TRUE.equals(one.lowerIsBetter()));
        boolean limited = reads || (!metric && one.kind() != Kind.FORGETTING && one.kind() != Kind.BENCHMARK);
        String own = exam(one.kind());
        if (own != null) {
            if (one.exam() == null || other.exam() == null) {
                notes.add("whether the %s are the same is not recorded".formatted(own));
                decides = false;
            } else if (!one.exam().equals(other.exam())) {
                reasons.add("other " + own);
            }
        } else if (rows == Rows.OTHER) {
            reasons.add(String.format(
                    Locale.ROOT, "other test rows: %,d and %,d, %,d in both", one.rows(), other.rows(), shared));
        } else if (rows == Rows.UNKNOWN) {
            notes.add("whether the test rows are the same is not recorded");
            decides = false;
        }
        if (one.kind() == Kind.SLICE) {
            notes.add("the worst slice was chosen by its value, so p is too small");
            decides = false;
            if (!Objects.equals(one.exam(), other.exam())) {
                reasons.add("another slice is the worst");
            }
        }
        if (one.kind() == Kind.CHECK) {
            notes.add("whether the settings and files of the check are the same is not recorded");
            decides = false;
            differs(one.exam(), other.exam(), "other judges of the check", reasons);
        }
        if (metric) {
            String was = a.exam().arguments(plain(one), one.set());
            String now = b.exam().arguments(plain(one), one.set());
            if (was == null || now == null) {
                notes.add("the arguments of the metric are not recorded");
            } else if (!was.equals(now)) {
                reasons.add("other arguments of the metric");
            }
        }
        differs(a.exam().template(), b.exam().template(), "other chat template", reasons);
        if (limited) {
            differs(
                    a.settings().get(TOKENS),
                    b.settings().get(TOKENS),
                    "another limit of tokens in an answer",
                    reasons);
        }
        List<String> bases = new ArrayList<>();
        differs(a.lineage("base model"), b.lineage("base model"), "another base model", bases);
        // Losses count per token, and another base model may have other tokens.
        (loss ? reasons : notes).addAll(bases);
        differs(a.settings().get("precision"), b.settings().get("precision"), "computed in another precision", notes);
        return new Comparability(reasons, notes, decides);
    }

    /** What a kind of measure asks instead of the rows of a set; null where it asks those rows. */
    private static @Nullable String exam(Kind kind) {
        return switch (kind) {
            case FORGETTING -> "general rows";
            case BENCHMARK -> "task files";
            case SAFETY -> "rules and prompts of the safety checks";
            default -> null;
        };
    }

    /** The metric's name without the column of a slice. */
    private static String plain(MeasuredValue value) {
        int by = value.metric().indexOf(" by ");
        return value.kind() == Kind.SLICE && by > 0 ? value.metric().substring(0, by) : value.metric();
    }

    private static void differs(@Nullable String one, @Nullable String other, String words, List<String> into) {
        if (one != null && other != null && !one.equals(other)) {
            into.add(words);
        }
    }
}
