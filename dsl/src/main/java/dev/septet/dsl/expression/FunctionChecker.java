package dev.septet.dsl.expression;

import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Resolves a function by name, and checks the value that it is called on and its arguments. */
final class FunctionChecker {
    private final Checker checker;
    private final Problems problems;

    FunctionChecker(Checker checker, Problems problems) {
        this.checker = checker;
        this.problems = problems;
    }

    Optional<Typed> check(SourceTerm.Invoke term) {
        Optional<Typed> target = checker.read(term.target());
        List<Typed> values = new ArrayList<>();
        term.values().forEach(value -> checker.read(value).ifPresent(values::add));
        if (target.isEmpty() || values.size() < term.values().size()) {
            return Optional.empty();
        }
        List<Function> named = Functions.named(term.function(), target.get().type());
        if (named.isEmpty()) {
            return unknown(term, target.get());
        }
        List<Function> fitting = named.stream()
                .filter(f -> f.parameters().size() == values.size())
                .toList();
        if (fitting.isEmpty()) {
            return refuse(
                    term, String.format(Locale.ROOT, "takes %s, but got %d", counts(named), values.size()), named);
        }
        for (int i = 0; i < values.size(); i++) {
            int at = i;
            Type given = values.get(i).type();
            if (fitting.stream().noneMatch(f -> fits(f.parameters().get(at), given))) {
                return refuse(
                        term,
                        "takes %s, but got %s"
                                .formatted(fitting.get(0).parameters().get(i).shown(), given.shown()),
                        fitting);
            }
        }
        return code(term, target.get(), values, fitting);
    }

    private static boolean fits(Type expected, Type given) {
        return expected == Type.PATTERN ? given == Type.TEXT : given.mayBe(expected);
    }

    private Optional<Typed> code(SourceTerm.Invoke term, Typed target, List<Typed> values, List<Function> fitting) {
        boolean pattern = fitting.get(0).parameters().contains(Type.PATTERN);
        Optional<Regex> regex =
                pattern ? new OperatorChecker(problems).regex(term.values().get(0), values.get(0)) : Optional.empty();
        if (pattern && regex.isEmpty()) {
            return Optional.empty();
        }
        Type resultType = fitting.stream().map(Function::resultType).distinct().count() == 1
                ? fitting.get(0).resultType()
                : Type.ANY;
        String text = values.stream()
                .map(Typed::text)
                .collect(Collectors.joining(", ", target.at(Typed.ATOM) + "." + term.function() + "(", ")"));
        Code code = (row, meter) -> {
            meter.add(1);
            Object on = target.code().value(row, meter);
            Function function = choose(fitting, on);
            Object[] given = new Object[values.size()];
            for (int i = 0; i < given.length; i++) {
                Type expected = function.parameters().get(i);
                given[i] = expected == Type.PATTERN
                        ? regex.orElseThrow()
                        : values.get(i).checked(expected, function.name(), row, meter);
            }
            return function.body().apply(target.check(on, function.of(), function.name()), given, meter);
        };
        return Optional.of(new Typed(resultType, code, text, Typed.ATOM, term.at()));
    }

    /** The function for this type of value; the first one, which then reports the mismatch, when none fits. */
    private static Function choose(List<Function> fitting, @org.jspecify.annotations.Nullable Object on) {
        if (fitting.size() > 1 && on != null) {
            Type type = Type.of(on);
            for (Function function : fitting) {
                if (function.of() == type) {
                    return function;
                }
            }
        }
        return fitting.get(0);
    }

    private Optional<Typed> unknown(SourceTerm.Invoke term, Typed target) {
        List<String> known = Functions.names(target.type());
        String near = Nearest.hint(term.function(), known);
        problems.add(
                ProblemId.UNKNOWN_WORD,
                term.functionAt(),
                "%s is not a function of %s"
                        .formatted(
                                Quote.code(term.function()),
                                target.type() == Type.ANY
                                        ? "expressions"
                                        : target.type().shown()),
                !near.isEmpty() ? near : known.isEmpty() ? "" : "Known here: " + String.join(", ", known) + ".");
        return Optional.empty();
    }

    private static String counts(List<Function> named) {
        return named.stream()
                .map(f -> f.parameters().size())
                .distinct()
                .map(n -> n == 0 ? "no value" : n == 1 ? "one value" : n + " values")
                .collect(Collectors.joining(" or "));
    }

    private Optional<Typed> refuse(SourceTerm.Invoke term, String message, List<Function> named) {
        problems.add(
                ProblemId.WRONG_TYPE,
                term.functionAt(),
                Quote.code(term.function()) + " " + message,
                "Write it like `%s`.".formatted(named.get(0).signature()));
        return Optional.empty();
    }
}
