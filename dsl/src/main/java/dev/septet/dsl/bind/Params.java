package dev.septet.dsl.bind;

import dev.septet.dsl.parse.SourceStatement;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.vocabulary.word.LiteralText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads {@code def x = param('name', default)} and applies the given values. */
final class Params {
    private final Problems problems;
    private final Map<String, Object> given;
    private final List<ParamDeclaration> declared = new ArrayList<>();

    Params(Problems problems, Map<String, ?> given) {
        this.problems = problems;
        this.given = new TreeMap<>(given);
    }

    List<ParamDeclaration> declared() {
        return List.copyOf(declared);
    }

    static boolean isParam(SourceStatement.Constant constant) {
        return constant.value() instanceof SourceTerm.Call call && call.word().equals("param");
    }

    /** The value of a declaration: the given value, otherwise the default. */
    Optional<Object> read(SourceTerm.Call call, Evaluator evaluator) {
        if (call.values().size() != 2
                || !call.options().isEmpty()
                || call.block().isPresent()) {
            return problem(
                    ProblemId.SYNTAX,
                    call.wordAt(),
                    "`param` takes a name and a default",
                    "Write it like `param('epochs', 3)`.");
        }
        Optional<Object> name = evaluator.value(call.values().get(0));
        Optional<Object> standard = evaluator.value(call.values().get(1));
        if (name.isEmpty() || standard.isEmpty()) {
            return Optional.empty();
        }
        SourceLocation nameAt = call.values().get(0).at();
        if (!(name.get() instanceof String text) || !text.matches(ParamDeclaration.NAME_PATTERN)) {
            return problem(
                    ProblemId.BAD_VALUE,
                    nameAt,
                    "a parameter's name is text of letters, digits, '-' and '_'",
                    "Write it like `param('epochs', 3)`.");
        }
        if (!isSimple(standard.get())) {
            return problem(
                    ProblemId.WRONG_TYPE,
                    call.values().get(1).at(),
                    "a parameter's default is text, a number, true or false, but got " + Kinds.describe(standard.get()),
                    "Put the unit where the parameter is used: `timeout limit.hours`.");
        }
        if (declared.stream().anyMatch(d -> d.name().equals(text))) {
            return problem(
                    ProblemId.DUPLICATE,
                    nameAt,
                    "the parameter %s is already declared".formatted(Quote.code(text)),
                    "Use another name.");
        }
        var declaration = new ParamDeclaration(text, standard.get());
        declared.add(declaration);
        return value(declaration, nameAt);
    }

    private Optional<Object> value(ParamDeclaration declaration, SourceLocation at) {
        if (!given.containsKey(declaration.name())) {
            return Optional.of(declaration.standard());
        }
        Object value = given.get(declaration.name());
        Optional<Object> fitting = fit(declaration.standard(), value);
        if (fitting.isEmpty()) {
            return problem(
                    ProblemId.PARAMETER,
                    at,
                    "the parameter %s takes %s such as %s, but was given %s"
                            .formatted(
                                    Quote.code(declaration.name()),
                                    declaration.kind(),
                                    shown(declaration.standard()),
                                    Quote.code(String.valueOf(value))),
                    "");
        }
        return fitting;
    }

    /** Reports given values without a declaration. */
    void reportUnknown() {
        List<String> known = declared.stream().map(ParamDeclaration::name).toList();
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                String near = Nearest.hint(name, known);
                String list = known.isEmpty()
                        ? "The pipeline has no parameters."
                        : "It has " + String.join(", ", known) + ".";
                problems.add(
                        ProblemId.PARAMETER,
                        SourceLocation.of(problems.source().file()),
                        "the pipeline has no parameter " + Quote.code(name),
                        near.isEmpty() ? list : near + " " + list);
            }
        }
    }

    /** Given values come from JSON or from a command line, where everything is text. */
    private static Optional<Object> fit(Object standard, @Nullable Object value) {
        String text = String.valueOf(value);
        if (standard instanceof String) {
            return value instanceof String ? Optional.of(value) : Optional.empty();
        } else if (standard instanceof Boolean) {
            return text.equals("true") || text.equals("false") ? Optional.of(Boolean.valueOf(text)) : Optional.empty();
        }
        boolean number = value instanceof Number || value instanceof String;
        if (!number || !text.matches("[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")) {
            return Optional.empty();
        }
        var exact = new BigDecimal(text);
        return Double.isFinite(exact.doubleValue()) ? Optional.of(exact) : Optional.empty();
    }

    private static boolean isSimple(Object value) {
        return value instanceof String || value instanceof Boolean || value instanceof BigDecimal;
    }

    private static String shown(Object value) {
        return value instanceof String text
                ? "'" + Quote.plain(text) + "'"
                : value instanceof BigDecimal number ? LiteralText.of(number) : value.toString();
    }

    private Optional<Object> problem(ProblemId id, SourceLocation at, String message, String hint) {
        problems.add(id, at, message, hint);
        return Optional.empty();
    }
}
