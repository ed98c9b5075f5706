package dev.septet.workers.cli.create;

import dev.septet.dsl.bind.ForeignTerms;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.Quote;
import dev.septet.workers.cli.create.ImportReport.Status;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of a configuration, each of which is taken once, and reported. */
final class ForeignConfig {
    private final Map<String, ConfigValue> values;
    private final ImportReport report;
    private final Set<String> taken = new LinkedHashSet<>();

    ForeignConfig(ConfigValue root, ImportReport report) {
        this.values = root.entries();
        this.report = report;
    }

    ImportReport report() {
        return report;
    }

    /** Whether one of the keys has a value. */
    boolean has(String key) {
        ConfigValue value = values.get(key);
        return value != null && !value.isEmpty();
    }

    /** The value of the key without taking it; null without one. */
    @Nullable
    ConfigValue peek(String key) {
        return has(key) ? values.get(key) : null;
    }

    /** Takes a key; null when it is not there or has no value. The caller reports it. */
    @Nullable
    ConfigValue take(String key) {
        ConfigValue value = peek(key);
        if (value != null) {
            taken.add(key);
        }
        return value;
    }

    /** Reports a taken key as translated to Septet's word. */
    void translated(ConfigValue value) {
        report.add(value, Status.TRANSLATED, word(value), "");
    }

    /** Reports a taken key as translated to this word. */
    void translated(ConfigValue value, String word) {
        report.add(value, Status.TRANSLATED, word, "");
    }

    void changed(ConfigValue value, String note) {
        report.add(value, Status.CHANGED, word(value), note);
    }

    void changed(ConfigValue value, String word, String note) {
        report.add(value, Status.CHANGED, word, note);
    }

    void notTranslated(ConfigValue value, String note) {
        report.add(value, Status.NOT_TRANSLATED, "", note);
    }

    void notNeeded(ConfigValue value, String note) {
        report.add(value, Status.NOT_NEEDED, "", note);
    }

    /** A number, reported as translated; the default without the key, which is reported too. */
    double number(String key, double standard) {
        ConfigValue value = take(key);
        if (value == null) {
            report.standard(key, word(key));
            return standard;
        }
        double number = value.number();
        translated(value);
        return number;
    }

    int whole(String key, int standard) {
        ConfigValue value = take(key);
        if (value == null) {
            report.standard(key, word(key));
            return standard;
        }
        int number = value.whole();
        translated(value);
        return number;
    }

    /** Whether a flag is set; a set flag is not reported, and an unset one is not needed. */
    @Nullable
    ConfigValue set(String key) {
        ConfigValue value = take(key);
        if (value == null) {
            return null;
        }
        if (value.scalar().orElse("").equalsIgnoreCase("auto") || value.flag()) {
            return value;
        }
        notNeeded(value, "It is off.");
        return null;
    }

    /** Reports all keys that nobody took. */
    void rest(ForeignTool tool) {
        values.forEach((key, value) -> {
            if (taken.contains(key)) {
                return;
            }
            ForeignTool.Reason reason = tool.keys().get(key);
            if (reason == null) {
                unknown(value, key, tool.keys().keySet());
            } else if (value.isEmpty()) {
                notNeeded(value, "It has no value.");
            } else if (off(value) && reason != ForeignTool.Reason.OTHER) {
                notNeeded(value, "It is off.");
            } else if (reason.needless()) {
                notNeeded(value, reason.text());
            } else {
                notTranslated(value, reason.text());
            }
        });
    }

    /** Reports all keys that nobody took, in a part whose keys are these. */
    void rest(Collection<String> known, String reason) {
        values.forEach((key, value) -> {
            if (taken.contains(key)) {
                return;
            }
            if (!known.contains(key)) {
                unknown(value, key, known);
            } else if (value.isEmpty() || off(value)) {
                notNeeded(value, "It has no value.");
            } else {
                notTranslated(value, reason);
            }
        });
    }

    private static boolean off(ConfigValue value) {
        return List.of("false", "no", "off").contains(value.scalar().orElse("").toLowerCase(Locale.ROOT));
    }

    private void unknown(ConfigValue value, String key, Collection<String> known) {
        report.add(
                value,
                Status.UNKNOWN,
                "",
                "It is not among the keys of the tool in August 2026. "
                        + Nearest.to(key, List.copyOf(known))
                                .map(near -> "Did it mean %s?".formatted(Quote.code(near)))
                                .orElse("Remove it, or write its meaning into the pipeline."));
    }

    private static String word(ConfigValue value) {
        String key = value.key();
        int dot = key.lastIndexOf('.');
        return word(dot < 0 ? key : key.substring(dot + 1));
    }

    /** Septet's word for a key, with its block. */
    static String word(String key) {
        return key.equals("seed") ? "seed in setup" : foreign(key);
    }

    private static String foreign(String key) {
        return ForeignTerms.path(key)
                .map(path -> path.substring(path.indexOf('.') + 1).replace('.', ' ')
                        + " in "
                        + path.substring(0, path.indexOf('.')))
                .orElse("");
    }
}
