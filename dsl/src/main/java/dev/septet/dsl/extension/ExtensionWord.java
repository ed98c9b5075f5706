package dev.septet.dsl.extension;

import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The declaration of a word: what the linter checks, and what messages, editors and the word
 * reference show.
 *
 * @param name as a pipeline file writes it
 * @param documentation one or more sentences for the pipeline's author, without line breaks
 * @param options named values in parentheses behind the word, each with its own documentation
 * @param largest of a metric: its largest score; of a detector: the largest bound that makes sense
 * @param lowerIsBetter of a metric: whether a smaller score is the better one
 * @param readsAnswer of a metric: whether the model must write answers
 * @param endings of a dataset format: how the names of its files may end, such as {@code .tsv}
 * @param compares of a detector: the kinds of values that it compares
 */
public record ExtensionWord(
        Kind kind,
        String name,
        String documentation,
        List<WordOption> options,
        double largest,
        boolean lowerIsBetter,
        boolean readsAnswer,
        List<String> endings,
        Set<DriftSpec.Kind> compares) {
    static final String NAME = "[a-z][A-Za-z0-9]{1,39}";

    private static final int MAX_OPTIONS = 20;
    private static final int LONGEST = 1000;

    /** Words of Groovy, and of the language in every block. */
    private static final Set<String> RESERVED = Set.of(
            "abstract",
            "as",
            "assert",
            "boolean",
            "break",
            "byte",
            "case",
            "catch",
            "char",
            "class",
            "const",
            "continue",
            "def",
            "default",
            "do",
            "double",
            "else",
            "enum",
            "extends",
            "false",
            "final",
            "finally",
            "float",
            "for",
            "goto",
            "if",
            "implements",
            "import",
            "in",
            "include",
            "instanceof",
            "int",
            "interface",
            "it",
            "long",
            "native",
            "new",
            "null",
            "package",
            "param",
            "private",
            "protected",
            "public",
            "return",
            "row",
            "secret",
            "short",
            "static",
            "super",
            "switch",
            "synchronized",
            "this",
            "throw",
            "throws",
            "trait",
            "transient",
            "true",
            "try",
            "var",
            "void",
            "volatile",
            "while");

    /** The kind of a word, which also determines the blocks that allow it. */
    public enum Kind {
        /** {@code prepare { dataset 'data/rows.tsv', format: WORD }}. */
        FORMAT,
        /** {@code train { method WORD() }}. */
        METHOD,
        /** {@code train { by WORD() }}. */
        BACK_END,
        /** {@code evaluate { metric WORD, above: 0.5 }}. */
        METRIC,
        /** {@code deploy { target WORD('models/tuned') }}. */
        TARGET,
        /** {@code monitor { drift WORD, on: promptLength }}. */
        DETECTOR,
        /** {@code notify WORD(), on: failed}. */
        CHANNEL,
        /** {@code track WORD()}. */
        TRACKER;

        /** Whether a stage's result depends on the word's code, so that its version must stay. */
        public boolean decidesResults() {
            return this != DETECTOR && this != CHANNEL && this != TRACKER;
        }

        /** In a sentence: {@code metric}. */
        public String shown() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    public ExtensionWord {
        options = List.copyOf(options);
        endings = List.copyOf(endings);
        compares = Set.copyOf(compares);
        require(name.matches(NAME) && !RESERVED.contains(name), "'%s' is not a name that a word may have", name);
        require(
                !documentation.isBlank() && documentation.length() <= LONGEST && plain(documentation),
                "the documentation of `%s` is not one line of 1 to %d characters",
                name,
                LONGEST);
        require(options.size() <= MAX_OPTIONS, "`%s` has more than %d options", name, MAX_OPTIONS);
        require(
                (kind != Kind.METRIC && kind != Kind.DETECTOR) || largest > 0,
                "the largest score of `%s` must be above 0",
                name);
        require(
                kind != Kind.DETECTOR
                        || (!compares.isEmpty()
                                && Set.of(DriftSpec.Kind.NUMBER, DriftSpec.Kind.CATEGORY, DriftSpec.Kind.TEXT)
                                        .containsAll(compares)),
                "`%s` compares numbers, categories or texts",
                name);
        require(
                endings.stream().allMatch(ending -> ending.matches("\\.[a-z0-9]{1,16}"))
                        && (kind != Kind.FORMAT || !endings.isEmpty()),
                "`%s` needs endings of its files, such as `.tsv`",
                name);
        Set<String> names = new HashSet<>();
        for (WordOption option : options) {
            require(names.add(option.name()), "`%s` has two options `%s`", name, option.name());
        }
    }

    /**
     * A dataset format.
     *
     * @param endings how the names of its files may end, such as {@code .tsv}
     */
    public static ExtensionWord format(String name, String documentation, List<String> endings, WordOption... options) {
        return new ExtensionWord(
                Kind.FORMAT, name, documentation, List.of(options), 0, false, false, endings, Set.of());
    }

    /** A fine-tuning method. */
    public static ExtensionWord method(String name, String documentation, WordOption... options) {
        return of(Kind.METHOD, name, documentation, options);
    }

    /** Something that trains instead of Septet's own engine. */
    public static ExtensionWord backEnd(String name, String documentation, WordOption... options) {
        return of(Kind.BACK_END, name, documentation, options);
    }

    /**
     * A metric of written answers whose larger scores are better.
     *
     * @param largest its largest score
     */
    public static ExtensionWord metric(String name, String documentation, double largest, WordOption... options) {
        return metric(name, documentation, largest, false, true, options);
    }

    /**
     * A metric.
     *
     * @param largest its largest score
     * @param readsAnswer whether the model must write answers
     */
    public static ExtensionWord metric(
            String name,
            String documentation,
            double largest,
            boolean lowerIsBetter,
            boolean readsAnswer,
            WordOption... options) {
        return new ExtensionWord(
                Kind.METRIC,
                name,
                documentation,
                List.of(options),
                largest,
                lowerIsBetter,
                readsAnswer,
                List.of(),
                Set.of());
    }

    /** A target. The word's first value is the folder of its versions; these options follow. */
    public static ExtensionWord target(String name, String documentation, WordOption... options) {
        return of(Kind.TARGET, name, documentation, options);
    }

    /**
     * A drift detector.
     *
     * @param compares of numbers, categories and texts
     * @param largest the largest score
     */
    public static ExtensionWord detector(
            String name, String documentation, Set<DriftSpec.Kind> compares, double largest, WordOption... options) {
        return new ExtensionWord(
                Kind.DETECTOR, name, documentation, List.of(options), largest, false, false, List.of(), compares);
    }

    /** A way to notify people. */
    public static ExtensionWord channel(String name, String documentation, WordOption... options) {
        return of(Kind.CHANNEL, name, documentation, options);
    }

    /** A tracker of runs. */
    public static ExtensionWord tracker(String name, String documentation, WordOption... options) {
        return of(Kind.TRACKER, name, documentation, options);
    }

    private static ExtensionWord of(Kind kind, String name, String documentation, WordOption... options) {
        return new ExtensionWord(kind, name, documentation, List.of(options), 0, false, false, List.of(), Set.of());
    }

    /** The word as a pipeline file writes it, with the options that it requires. */
    public String example() {
        List<String> values = new ArrayList<>();
        if (kind == Kind.TARGET) {
            values.add("'models/tuned'");
        }
        options.stream()
                .filter(WordOption::required)
                .forEach(option -> values.add(option.name() + ": " + option.example()));
        boolean noun = kind == Kind.METRIC || kind == Kind.DETECTOR || kind == Kind.FORMAT;
        return noun && values.isEmpty() ? name : name + "(" + String.join(", ", values) + ")";
    }

    /** Why the options of a spec, which anyone may have written, do not fit; empty when they do. */
    String objection(ExtensionSpec used) {
        for (WordOption option : options) {
            Object value = used.options().get(option.name());
            if (value == null) {
                return "it needs %s:".formatted(option.name());
            }
            String objection = option.takes(value) ? option.objection(value) : "is of another type";
            if (!objection.isEmpty()) {
                return "%s: %s".formatted(option.name(), objection);
            }
        }
        return used.options().keySet().stream()
                .filter(name ->
                        options.stream().noneMatch(option -> option.name().equals(name)))
                .map(name -> "it has no %s:".formatted(name))
                .findFirst()
                .orElse("");
    }

    static boolean plain(String text) {
        return text.chars().noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c));
    }

    static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new ExtensionProblem(message.formatted(arguments));
        }
    }
}
