package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.BooleanExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.GStringExpression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.NotExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.ast.expr.RangeExpression;
import org.codehaus.groovy.ast.expr.TernaryExpression;
import org.codehaus.groovy.ast.expr.UnaryMinusExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;

/**
 * Copies Groovy's expressions by their exact class. Any other class, subclasses included, is rejected with its
 * position.
 */
final class ExpressionReader {
    private static final Set<String> OPERATORS =
            Set.of("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||");

    private final Problems problems;
    private final Positions positions;
    private final CallReader calls;
    private final Nesting nesting;

    ExpressionReader(Problems problems, Positions positions, StatementReader statements, Set<String> perRow) {
        this.problems = problems;
        this.positions = positions;
        nesting = new Nesting(problems, positions::of, this::copy);
        calls = new CallReader(problems, positions, this, statements, perRow);
    }

    SourceTerm read(Expression expression) {
        return nesting.read(expression);
    }

    private SourceTerm copy(Expression expression) {
        Class<?> type = expression.getClass();
        if (type == ConstantExpression.class) {
            return constant((ConstantExpression) expression);
        } else if (type == VariableExpression.class) {
            return name((VariableExpression) expression);
        } else if (type == MethodCallExpression.class) {
            return calls.read((MethodCallExpression) expression);
        } else if (type == PropertyExpression.class) {
            return quantity((PropertyExpression) expression);
        } else if (type == GStringExpression.class) {
            return template((GStringExpression) expression);
        } else if (type == ListExpression.class) {
            var list = (ListExpression) expression;
            return new SourceTerm.Items(
                    list.getExpressions().stream().map(this::read).toList(), positions.of(list));
        } else if (type == RangeExpression.class) {
            return range((RangeExpression) expression);
        } else if (type == UnaryMinusExpression.class) {
            return minus((UnaryMinusExpression) expression);
        } else if (type == NotExpression.class) {
            var not = (NotExpression) expression;
            return new SourceTerm.Unary("!", read(not.getExpression()), positions.of(not));
        } else if (type == BooleanExpression.class) {
            return read(((BooleanExpression) expression).getExpression());
        } else if (type == BinaryExpression.class) {
            return binary((BinaryExpression) expression);
        } else if (type == TernaryExpression.class) {
            var ternary = (TernaryExpression) expression;
            return new SourceTerm.Ternary(
                    read(ternary.getBooleanExpression()),
                    read(ternary.getTrueExpression()),
                    read(ternary.getFalseExpression()),
                    positions.of(ternary));
        }
        return refuse(
                ProblemId.NOT_ALLOWED,
                expression,
                ParseRefusals.of(expression, positions) + " not allowed in a pipeline file",
                ParseRefusals.instead(expression, positions));
    }

    private SourceTerm constant(ConstantExpression constant) {
        Object value = constant.getValue();
        if (value instanceof String text) {
            return new SourceTerm.Text(text, positions.of(constant));
        } else if (value instanceof Boolean truth) {
            return new SourceTerm.Truth(truth, positions.of(constant));
        } else if (value instanceof Number number) {
            return number(constant, new BigDecimal(number.toString()));
        }
        return refuse(
                ProblemId.NOT_ALLOWED,
                constant,
                "`null` is not allowed in a pipeline file",
                "Leave the word out instead.");
    }

    private SourceTerm number(ConstantExpression constant, BigDecimal value) {
        long exponent = (long) value.precision() - value.scale() - 1;
        if (value.signum() != 0 && Math.abs(exponent) > FileLimits.NUMBER_EXPONENT) {
            return refuse(
                    ProblemId.LIMIT,
                    constant,
                    String.format(Locale.ROOT, "this number is beyond 1e%d", FileLimits.NUMBER_EXPONENT)
                            + ", which is the limit",
                    "");
        }
        BigDecimal bounded = value.signum() == 0 ? BigDecimal.ZERO : value;
        return new SourceTerm.Numeral(bounded, positions.of(constant));
    }

    private SourceTerm name(VariableExpression variable) {
        String name = variable.getName();
        if (ParseRefusals.BUILT_IN_NAMES.contains(name)) {
            return refuse(ProblemId.NOT_ALLOWED, variable, Quote.code(name) + " is not allowed in a pipeline file", "");
        }
        return new SourceTerm.Name(name, positions.of(variable));
    }

    /** A unit after a number or a constant's name. No other property is allowed. */
    private SourceTerm quantity(PropertyExpression property) {
        Expression object = property.getObjectExpression();
        boolean number = isNumber(object) || isConstantName(object);
        boolean unit = property.getProperty().getClass() == ConstantExpression.class;
        if (!number || !unit || property.isSafe() || property.isSpreadSafe()) {
            return refuse(
                    ProblemId.NOT_ALLOWED,
                    property,
                    Quote.code(positions.excerpt(property)) + " is not allowed in a pipeline file",
                    "");
        }
        return new SourceTerm.Quantity(
                read(object),
                property.getPropertyAsString(),
                positions.of(property.getProperty()),
                positions.of(property));
    }

    private static boolean isNumber(Expression expression) {
        return expression.getClass() == ConstantExpression.class
                && ((ConstantExpression) expression).getValue() instanceof Number;
    }

    /**
     * Whether the expression names a constant. A name that begins with a capital letter is a class, such as in
     * {@code System.out}.
     */
    private static boolean isConstantName(Expression expression) {
        if (expression.getClass() != VariableExpression.class) {
            return false;
        }
        String name = ((VariableExpression) expression).getName();
        return !Character.isUpperCase(name.charAt(0)) && !ParseRefusals.BUILT_IN_NAMES.contains(name);
    }

    /** Groovy keeps the texts and the names in two lists; this merges them by their position in the source. */
    private SourceTerm template(GStringExpression template) {
        var pieces = new ArrayList<Expression>();
        Stream.concat(template.getStrings().stream(), template.getValues().stream())
                .sorted(Comparator.comparingInt((Expression e) -> e.getLineNumber())
                        .thenComparingInt(e -> e.getColumnNumber()))
                .forEach(pieces::add);
        for (Expression value : template.getValues()) {
            if (value.getClass() != VariableExpression.class) {
                return refuse(
                        ProblemId.NOT_ALLOWED,
                        value,
                        "only the name of a constant may follow `$`",
                        "Define the value first: `def name = ...`.");
            }
        }
        return new SourceTerm.Template(pieces.stream().map(this::read).toList(), positions.of(template));
    }

    private SourceTerm range(RangeExpression range) {
        if (range.isExclusiveLeft() || range.isExclusiveRight()) {
            return refuse(
                    ProblemId.NOT_ALLOWED, range, "a range includes both of its ends", "Write both, such as `0..11`.");
        }
        return new SourceTerm.Range(read(range.getFrom()), read(range.getTo()), positions.of(range));
    }

    /** Groovy parses {@code -5.percent} as the negation of a percentage; this makes it a percentage of minus five. */
    private SourceTerm minus(UnaryMinusExpression minus) {
        SourceTerm operand = read(minus.getExpression());
        if (operand instanceof SourceTerm.Quantity quantity) {
            return new SourceTerm.Quantity(
                    new SourceTerm.Unary("-", quantity.number(), positions.of(minus)),
                    quantity.unit(),
                    quantity.unitAt(),
                    positions.of(minus));
        }
        return new SourceTerm.Unary("-", operand, positions.of(minus));
    }

    private SourceTerm binary(BinaryExpression binary) {
        String operator = binary.getOperation().getText();
        if (!OPERATORS.contains(operator)) {
            return refuse(
                    ProblemId.NOT_ALLOWED,
                    binary,
                    ParseRefusals.operator(operator) + " not allowed in a pipeline file",
                    "");
        }
        return new SourceTerm.Binary(
                operator, read(binary.getLeftExpression()), read(binary.getRightExpression()), positions.of(binary));
    }

    private SourceTerm refuse(ProblemId id, Expression expression, String message, String hint) {
        problems.add(id, positions.of(expression), message, hint);
        return new SourceTerm.Refused(positions.of(expression));
    }
}
