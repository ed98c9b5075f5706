package dev.septet.dsl.expression;

import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import java.util.Optional;

/** Checks the operands of operators and compiles them. */
final class OperatorChecker {
    private final Problems problems;

    OperatorChecker(Problems problems) {
        this.problems = problems;
    }

    Optional<Typed> unary(SourceTerm.Unary term, Typed operand) {
        boolean not = term.operator().equals("!");
        Type type = not ? Type.TRUTH : Type.NUMBER;
        if (!operand.type().mayBe(type)) {
            return refuse(
                    term.at(),
                    "`%s` takes %s, but got %s"
                            .formatted(
                                    term.operator(),
                                    type.shown(),
                                    operand.type().shown()));
        }
        String user = term.operator();
        Code code = not
                ? (row, meter) -> !(Boolean) operand.checked(type, user, row, meter)
                : (row, meter) -> -(Double) operand.checked(type, user, row, meter);
        return Optional.of(new Typed(type, code, user + operand.at(Typed.ATOM), Typed.SIGN, term.at()));
    }

    Optional<Typed> binary(SourceTerm.Binary term, Typed left, Typed right) {
        String operator = term.operator();
        if (operator.equals("=~") || operator.equals("==~")) {
            return pattern(term, left, right);
        }
        Optional<Type> type = type(operator, left.type(), right.type());
        if (type.isEmpty()) {
            return refuse(
                    term.at(),
                    "`%s` does not work with %s and %s"
                            .formatted(
                                    operator, left.type().shown(), right.type().shown()));
        }
        int level = Operators.level(operator);
        boolean chain = level != Typed.COMPARISON;
        String text = left.at(chain ? level : level + 1) + " " + operator + " " + right.at(level + 1);
        return Optional.of(new Typed(type.get(), Operators.code(operator, left, right), text, level, term.at()));
    }

    /** The type of the result; empty when the operands cannot have a result on any row. */
    private static Optional<Type> type(String operator, Type left, Type right) {
        return switch (operator) {
            case "&&", "||" -> when(left.mayBe(Type.TRUTH) && right.mayBe(Type.TRUTH), Type.TRUTH);
            case "==", "!=" -> when(left.mayBe(right) || left == Type.NOTHING || right == Type.NOTHING, Type.TRUTH);
            case "in" -> when(right.mayBe(Type.LIST) && left != Type.NOTHING, Type.TRUTH);
            case "<", "<=", ">", ">=" ->
                when(
                        left.mayBe(right)
                                && (left.mayBe(Type.NUMBER) || left.mayBe(Type.TEXT))
                                && (right.mayBe(Type.NUMBER) || right.mayBe(Type.TEXT)),
                        Type.TRUTH);
            case "+" -> sum(left, right);
            default -> when(left.mayBe(Type.NUMBER) && right.mayBe(Type.NUMBER), Type.NUMBER);
        };
    }

    private static Optional<Type> sum(Type left, Type right) {
        if (left == Type.TEXT || right == Type.TEXT) {
            Type other = left == Type.TEXT ? right : left;
            return when(other != Type.LIST && other != Type.RECORD && other != Type.NOTHING, Type.TEXT);
        }
        if (left == Type.NUMBER && right == Type.NUMBER) {
            return Optional.of(Type.NUMBER);
        }
        return when(left.mayBe(Type.NUMBER) && right.mayBe(Type.NUMBER), Type.ANY);
    }

    private static Optional<Type> when(boolean holds, Type type) {
        return holds ? Optional.of(type) : Optional.empty();
    }

    Optional<Typed> choice(SourceTerm.Ternary term, Typed condition, Typed then, Typed otherwise) {
        if (!condition.type().mayBe(Type.TRUTH)) {
            return refuse(
                    condition.at(),
                    "`?` takes true or false, but got " + condition.type().shown());
        }
        Type type = then.type() == otherwise.type() ? then.type() : Type.ANY;
        Code code = (row, meter) -> (Boolean) condition.checked(Type.TRUTH, "?", row, meter)
                ? then.code().value(row, meter)
                : otherwise.code().value(row, meter);
        String text = condition.at(Typed.OR) + " ? " + then.at(Typed.OR) + " : " + otherwise.at(Typed.OR);
        return Optional.of(new Typed(type, code, text, Typed.CHOICE, term.at()));
    }

    private Optional<Typed> pattern(SourceTerm.Binary term, Typed left, Typed right) {
        if (!left.type().mayBe(Type.TEXT)) {
            return refuse(
                    term.at(),
                    "`%s` takes a text, but got %s"
                            .formatted(term.operator(), left.type().shown()));
        }
        Optional<Regex> regex = regex(term.right(), right);
        boolean whole = term.operator().equals("==~");
        return regex.map(r -> new Typed(
                Type.TRUTH,
                (row, meter) -> {
                    String text = (String) left.checked(Type.TEXT, term.operator(), row, meter);
                    return whole ? r.matches(text, meter) : r.found(text, meter);
                },
                left.at(Typed.SUM) + " " + term.operator() + " " + right.text(),
                Typed.COMPARISON,
                term.at()));
    }

    /** Compiles a pattern, which must be constant so that its errors are reported to the author and not for a row. */
    Optional<Regex> regex(SourceTerm term, Typed typed) {
        if (!typed.text().startsWith("'")) {
            refuse(term.at(), "a pattern must be constant text in quotes; it cannot depend on the row");
            return Optional.empty();
        }
        Object pattern = typed.code().value(name -> null, new Meter());
        try {
            return Optional.of(Regex.of(String.valueOf(pattern)));
        } catch (RegexProblem e) {
            problems.add(ProblemId.BAD_VALUE, term.at(), "this pattern cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Typed> refuse(SourceLocation at, String message) {
        problems.add(ProblemId.WRONG_TYPE, at, message);
        return Optional.empty();
    }
}
