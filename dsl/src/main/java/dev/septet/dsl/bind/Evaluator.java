package dev.septet.dsl.bind;

import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.vocabulary.UnitDsl;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.RangeValue;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Word;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates terms: texts, numbers, truth values, quantities, ranges and lists. The result is empty when a term has no
 * value; its problem is then reported.
 */
final class Evaluator {
    private static final Words UNITS = Words.of(UnitDsl.class);
    private static final UnitDsl UNIT = new UnitDsl();

    private final Problems problems;
    private final Constants constants;

    Evaluator(Problems problems, Constants constants) {
        this.problems = problems;
        this.constants = constants;
    }

    Optional<Object> value(SourceTerm term) {
        // An if-chain, because Java 17 has no pattern switch.
        if (term instanceof SourceTerm.Text text) {
            return Optional.of(text.value());
        } else if (term instanceof SourceTerm.Numeral numeral) {
            return Optional.of(numeral.value());
        } else if (term instanceof SourceTerm.Truth truth) {
            return Optional.of(truth.value());
        } else if (term instanceof SourceTerm.Name name) {
            return constant(name, "");
        } else if (term instanceof SourceTerm.Template template) {
            return template(template);
        } else if (term instanceof SourceTerm.Items items) {
            return items(items);
        } else if (term instanceof SourceTerm.Range range) {
            return range(range);
        } else if (term instanceof SourceTerm.Quantity quantity) {
            return quantity(quantity);
        } else if (term instanceof SourceTerm.Unary unary) {
            return unary(unary);
        } else if (term instanceof SourceTerm.Binary binary) {
            return binary(binary);
        } else if (term instanceof SourceTerm.Ternary ternary) {
            return condition(ternary.condition(), "`?`")
                    .flatMap(yes -> value(yes ? ternary.then() : ternary.otherwise()));
        } else if (term instanceof SourceTerm.Call call) {
            return call(call);
        }
        return Optional.empty();
    }

    /** The value of a condition. */
    Optional<Boolean> condition(SourceTerm condition, String subject) {
        Optional<Object> value = value(condition);
        if (value.isPresent() && value.get() instanceof Boolean truth) {
            return Optional.of(truth);
        }
        value.ifPresent(other -> problems.add(
                ProblemId.WRONG_TYPE,
                condition.at(),
                subject + " takes true or false, but got " + Kinds.describe(other)));
        return Optional.empty();
    }

    /** The value of a constant. */
    Optional<Object> constant(SourceTerm.Name name, String hint) {
        Optional<Constants.Constant> constant = constants.find(name.name());
        if (constant.isEmpty()) {
            String near = Nearest.hint(name.name(), constants.names());
            problems.add(
                    ProblemId.UNKNOWN_NAME,
                    name.at(),
                    Quote.code(name.name()) + " is not defined",
                    near.isEmpty() ? hint : near);
        }
        return constant.flatMap(Constants.Constant::value);
    }

    boolean isConstant(String name) {
        return constants.find(name).isPresent();
    }

    private Optional<Object> call(SourceTerm.Call call) {
        boolean param = call.word().equals("param");
        problems.add(
                param ? ProblemId.BAD_VALUE : ProblemId.UNKNOWN_WORD,
                call.wordAt(),
                param
                        ? "`param` is not allowed here"
                        : Quote.code(call.word()) + " is not a value that is allowed here",
                param
                        ? "Give it a name at the top of the file: `def x = param('x', 1)`."
                        : ValueBinder.secretHint(call.word()));
        return Optional.empty();
    }

    private Optional<Object> template(SourceTerm.Template template) {
        var text = new StringBuilder();
        for (SourceTerm piece : template.pieces()) {
            Optional<Object> value = value(piece);
            if (value.isEmpty()) {
                return value;
            }
            Object part = value.get();
            if (part instanceof BigDecimal number) {
                text.append(LiteralText.of(number));
            } else if (part instanceof String || part instanceof Boolean) {
                text.append(part);
            } else {
                problems.add(
                        ProblemId.WRONG_TYPE,
                        piece.at(),
                        "text is built from texts, numbers, true and false, but got " + Kinds.describe(part));
                return Optional.empty();
            }
        }
        return possible(template.at(), () -> Optional.of(Arithmetic.bounded(text.toString())));
    }

    private Optional<Object> items(SourceTerm.Items items) {
        var values = new ArrayList<Object>();
        for (SourceTerm item : items.items()) {
            value(item).ifPresent(values::add);
        }
        return values.size() == items.items().size() ? Optional.of(values) : Optional.empty();
    }

    private Optional<Object> range(SourceTerm.Range range) {
        Optional<Integer> first = whole(range.first());
        Optional<Integer> last = whole(range.last());
        if (first.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        if (first.get() > last.get()) {
            problems.add(
                    ProblemId.BAD_VALUE,
                    range.at(),
                    String.format(Locale.ROOT, "a range counts upwards, but got %d..%d", first.get(), last.get()));
            return Optional.empty();
        }
        return Optional.of(new RangeValue(first.get(), last.get()));
    }

    private Optional<Integer> whole(SourceTerm term) {
        Optional<Object> value = value(term);
        if (value.isPresent() && value.get() instanceof BigDecimal number) {
            try {
                return Optional.of(number.intValueExact());
            } catch (ArithmeticException e) {
                // reported below
            }
        }
        value.ifPresent(other -> problems.add(
                ProblemId.WRONG_TYPE,
                term.at(),
                "a range goes from one whole number to another, but got " + Kinds.describe(other)));
        return Optional.empty();
    }

    private Optional<Object> quantity(SourceTerm.Quantity quantity) {
        Optional<Word> unit = UNITS.value(quantity.unit());
        if (unit.isEmpty()) {
            String near = Nearest.hint(quantity.unit(), UNITS.valueNames());
            problems.add(
                    ProblemId.UNKNOWN_UNIT,
                    quantity.unitAt(),
                    Quote.code(quantity.unit()) + " is not a unit",
                    near.isEmpty() ? "Units are " + String.join(", ", UNITS.valueNames()) + "." : near);
            return Optional.empty();
        }
        Optional<Object> value = value(quantity.number());
        if (value.isPresent() && !(value.get() instanceof BigDecimal)) {
            problems.add(
                    ProblemId.WRONG_TYPE,
                    quantity.number().at(),
                    "a unit follows a number, but got " + Kinds.describe(value.get()));
            return Optional.empty();
        }
        return value.flatMap(number -> applyUnit(unit.get(), number, quantity.at()));
    }

    private Optional<Object> applyUnit(Word unit, Object number, SourceLocation at) {
        try {
            @Nullable Object[] arguments = {number};
            return Optional.ofNullable(unit.invoke(UNIT, arguments, null));
        } catch (Refusal e) {
            problems.add(ProblemId.BAD_VALUE, at, String.valueOf(e.getMessage()), e.hint());
            return Optional.empty();
        }
    }

    private Optional<Object> unary(SourceTerm.Unary unary) {
        if (unary.operator().equals("!")) {
            return condition(unary.operand(), "`!`").map(truth -> !truth);
        }
        Optional<Object> value = value(unary.operand());
        if (value.isPresent() && value.get() instanceof BigDecimal number) {
            return Optional.of(number.negate());
        }
        value.ifPresent(other ->
                problems.add(ProblemId.WRONG_TYPE, unary.at(), "`-` takes a number, but got " + Kinds.describe(other)));
        return Optional.empty();
    }

    private Optional<Object> binary(SourceTerm.Binary binary) {
        Optional<Object> left = value(binary.left());
        Optional<Object> right = value(binary.right());
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        return possible(binary.at(), () -> {
            var result = Arithmetic.apply(binary.operator(), left.get(), right.get());
            if (result.isEmpty()) {
                problems.add(
                        ProblemId.WRONG_TYPE,
                        binary.at(),
                        "`%s` does not work with %s and %s"
                                .formatted(binary.operator(), Kinds.describe(left.get()), Kinds.describe(right.get())));
            }
            return result;
        });
    }

    private Optional<Object> possible(SourceLocation at, java.util.function.Supplier<Optional<Object>> result) {
        try {
            return result.get();
        } catch (Arithmetic.Impossible e) {
            problems.add(ProblemId.BAD_VALUE, at, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
