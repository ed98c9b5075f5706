package dev.septet.dsl.expression;

import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compiles an expression's tree to code, and reports what cannot work on any row. */
final class Checker {
    static final String ROW = "row";

    private final Shape shape;
    private final ConstantValues constants;
    private final Problems problems;
    private final Set<String> fields = new TreeSet<>();

    Checker(Shape shape, ConstantValues constants, Problems problems) {
        this.shape = shape;
        this.constants = constants;
        this.problems = problems;
    }

    /** Names of the fields read so far, of the row and of the objects in it. */
    Set<String> fields() {
        return Set.copyOf(fields);
    }

    /** Checks the whole expression, which must have the result that its word needs. */
    Optional<Typed> check(SourceTerm term) {
        SourceTerm inner = term instanceof SourceTerm.PerRow perRow ? perRow.expression() : term;
        Optional<Typed> typed = read(inner);
        if (typed.isPresent() && !fits(typed.get().type())) {
            problems.add(
                    ProblemId.WRONG_TYPE,
                    inner.at(),
                    "this expression is %s, but %s is needed"
                            .formatted(
                                    typed.get().type().shown(),
                                    shape.gives() == RequiredResult.TRUTH
                                            ? "true or false"
                                            : shape.gives() == RequiredResult.SCORE
                                                    ? "a number, or true or false,"
                                                    : "text, a number, true or false, or a list"),
                    shape.gives() == RequiredResult.TRUTH && typed.get().type() != Type.NOTHING
                            ? "Compare it with something, such as `%s`.".formatted(comparison(typed.get()))
                            : "");
            return Optional.empty();
        }
        return typed;
    }

    private static String comparison(Typed typed) {
        return typed.shown() + (typed.type() == Type.NUMBER ? " > 0" : " != ''");
    }

    private boolean fits(Type type) {
        return switch (shape.gives()) {
            case TRUTH -> type.mayBe(Type.TRUTH);
            case SCORE -> type.mayBe(Type.NUMBER) || type == Type.TRUTH;
            case VALUE -> type != Type.RECORD;
        };
    }

    Optional<Typed> read(SourceTerm term) {
        if (term instanceof SourceTerm.Text text) {
            return Optional.of(Literals.of(text.value(), term.at()));
        } else if (term instanceof SourceTerm.Numeral numeral) {
            return Optional.of(Literals.of(numeral.value().doubleValue(), term.at()));
        } else if (term instanceof SourceTerm.Truth truth) {
            return Optional.of(Literals.of(truth.value(), term.at()));
        } else if (term instanceof SourceTerm.Nothing) {
            return Optional.of(new Typed(Type.NOTHING, (row, meter) -> null, "null", Typed.ATOM, term.at()));
        } else if (term instanceof SourceTerm.Name name && name.name().equals(ROW)) {
            return Optional.of(new Typed(Type.RECORD, (row, meter) -> row, ROW, Typed.ATOM, term.at()));
        } else if (term instanceof SourceTerm.Name
                || term instanceof SourceTerm.Template
                || term instanceof SourceTerm.Quantity) {
            return constant(term);
        } else if (term instanceof SourceTerm.Field field) {
            return field(field);
        } else if (term instanceof SourceTerm.Items items) {
            return items(items);
        } else if (term instanceof SourceTerm.Invoke invoke) {
            return new FunctionChecker(this, problems).check(invoke);
        } else if (term instanceof SourceTerm.Index index) {
            return index(index);
        } else if (term instanceof SourceTerm.Unary unary) {
            return read(unary.operand()).flatMap(o -> new OperatorChecker(problems).unary(unary, o));
        } else if (term instanceof SourceTerm.Binary binary) {
            return binary(binary);
        } else if (term instanceof SourceTerm.Ternary ternary) {
            return choice(ternary);
        }
        if (!(term instanceof SourceTerm.Refused)) {
            problems.add(ProblemId.NOT_ALLOWED, term.at(), "this is not allowed in an expression over a row");
        }
        return Optional.empty();
    }

    private Optional<Typed> constant(SourceTerm term) {
        Optional<Object> value = constants.value(term);
        Optional<Typed> typed = value.flatMap(v -> Literals.constant(v, term.at()));
        if (value.isPresent() && typed.isEmpty()) {
            problems.add(
                    ProblemId.WRONG_TYPE,
                    term.at(),
                    "an expression over a row takes texts, numbers, true, false and lists of them",
                    "Write the number without its unit.");
        }
        return typed;
    }

    private Optional<Typed> field(SourceTerm.Field field) {
        if (field.of() instanceof SourceTerm.Name name
                && name.name().equals(ROW)
                && !shape.fields().isEmpty()
                && !shape.fields().contains(field.name())) {
            String near = Nearest.hint(field.name(), shape.fields());
            problems.add(
                    ProblemId.UNKNOWN_NAME,
                    field.nameAt(),
                    "the row has no field " + Quote.code(field.name()),
                    near.isEmpty() ? "It has %s.".formatted(String.join(", ", shape.fields())) : near);
            return Optional.empty();
        }
        Optional<Typed> of = read(field.of());
        if (of.isPresent() && !of.get().type().mayBe(Type.RECORD)) {
            problems.add(
                    ProblemId.WRONG_TYPE,
                    field.nameAt(),
                    "%s has no fields: it is %s"
                            .formatted(
                                    Quote.code(of.get().shown()),
                                    of.get().type().shown()),
                    Functions.names(of.get().type()).contains(field.name())
                            ? "A function has parentheses: `%s()`.".formatted(field.name())
                            : "");
            return Optional.empty();
        }
        fields.add(field.name());
        return of.map(object -> field(object, field.name(), field.at()));
    }

    /** A field of a missing object is missing too. */
    private static Typed field(Typed object, String name, SourceLocation at) {
        String text = object.at(Typed.ATOM) + "." + name;
        Code code = object.text().equals(ROW)
                ? (row, meter) -> {
                    meter.add(1);
                    return row.get(name);
                }
                : (row, meter) -> {
                    meter.add(1);
                    Object value = object.code().value(row, meter);
                    return value == null ? null : ((RowFields) object.check(value, Type.RECORD, "." + name)).get(name);
                };
        return new Typed(Type.ANY, code, text, Typed.ATOM, at);
    }

    private Optional<Typed> items(SourceTerm.Items items) {
        List<Typed> read = new ArrayList<>();
        items.items().forEach(item -> read(item).ifPresent(read::add));
        return read.size() == items.items().size() ? Optional.of(Literals.list(read, items.at())) : Optional.empty();
    }

    private Optional<Typed> index(SourceTerm.Index term) {
        Optional<Typed> of = read(term.of());
        Optional<Typed> index = read(term.index());
        if (of.isEmpty() || index.isEmpty()) {
            return Optional.empty();
        }
        if (!of.get().type().mayBe(Type.LIST) || !index.get().type().mayBe(Type.NUMBER)) {
            problems.add(
                    ProblemId.WRONG_TYPE,
                    term.at(),
                    "`[...]` takes a number and follows a list, but %s is %s"
                            .formatted(
                                    Quote.code(of.get().shown()),
                                    of.get().type().shown()),
                    "");
            return Optional.empty();
        }
        Typed list = of.get();
        Typed at = index.get();
        Code code = (row, meter) -> {
            List<?> items = (List<?>) list.checked(Type.LIST, "[...]", row, meter);
            double place = (Double) at.checked(Type.NUMBER, "[...]", row, meter);
            double fromEnd = place < 0 ? place + items.size() : place;
            return fromEnd >= 0 && fromEnd < items.size() ? items.get((int) fromEnd) : null;
        };
        return Optional.of(
                new Typed(Type.ANY, code, list.at(Typed.ATOM) + "[" + at.text() + "]", Typed.ATOM, term.at()));
    }

    private Optional<Typed> binary(SourceTerm.Binary binary) {
        Optional<Typed> left = read(binary.left());
        Optional<Typed> right = read(binary.right());
        return left.isEmpty() || right.isEmpty()
                ? Optional.empty()
                : new OperatorChecker(problems).binary(binary, left.get(), right.get());
    }

    private Optional<Typed> choice(SourceTerm.Ternary term) {
        Optional<Typed> condition = read(term.condition());
        Optional<Typed> then = read(term.then());
        Optional<Typed> otherwise = read(term.otherwise());
        if (condition.isEmpty() || then.isEmpty() || otherwise.isEmpty()) {
            return Optional.empty();
        }
        return new OperatorChecker(problems).choice(term, condition.get(), then.get(), otherwise.get());
    }
}
