package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.problem.SourceLocation;
import java.util.List;
import java.util.Set;
import org.codehaus.groovy.ast.expr.ArgumentListExpression;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.BooleanExpression;
import org.codehaus.groovy.ast.expr.CastExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.GStringExpression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.NotExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.ast.expr.TernaryExpression;
import org.codehaus.groovy.ast.expr.UnaryMinusExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.ast.stmt.BlockStatement;
import org.codehaus.groovy.ast.stmt.EmptyStatement;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.Statement;

/**
 * Copies an expression over a row by the exact class of its parts, as {@link ExpressionReader} does for values. It
 * accepts any function name after a value; the names are checked later.
 */
final class RowExpressionReader {
    private static final Set<String> OPERATORS =
            Set.of("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in", "=~", "==~");

    private final Problems problems;
    private final Positions positions;
    private final ExpressionReader constants;
    private final Nesting nesting;

    RowExpressionReader(Problems problems, Positions positions, ExpressionReader constants) {
        this.problems = problems;
        this.positions = positions;
        this.constants = constants;
        nesting = new Nesting(problems, this::at, this::copy);
    }

    /** The expression between the braces. */
    SourceTerm read(ClosureExpression closure) {
        SourceLocation at = positions.of(closure);
        if (closure.isParameterSpecified() || closure.getParameters() == null) {
            return refuse(
                    ProblemId.NOT_ALLOWED,
                    at,
                    "an expression has no parameters: `->` is not allowed in a pipeline file",
                    "The row is called `row`.");
        }
        return only((BlockStatement) closure.getCode(), at);
    }

    /** The single expression that the statements consist of. */
    SourceTerm only(BlockStatement block, SourceLocation at) {
        List<Statement> statements = block.getStatements().stream()
                .filter(s -> !(s instanceof EmptyStatement))
                .toList();
        if (statements.isEmpty()) {
            return refuse(
                    ProblemId.MISSING,
                    at,
                    "an expression over a row is missing here",
                    "Such as `{ row.answer.length() > 20 }`.");
        }
        Statement first = statements.get(0);
        if (first.getClass() != ExpressionStatement.class || first.getStatementLabels() != null) {
            return refuse(
                    ProblemId.NOT_ALLOWED,
                    positions.of(first),
                    "only an expression over a row is allowed here",
                    "Such as `{ row.answer.length() > 20 }`.");
        }
        if (statements.size() > 1) {
            return refuse(
                    ProblemId.SYNTAX,
                    positions.of(statements.get(1)),
                    "an expression over a row is one expression, not several",
                    "Join them with `&&` or `||`.");
        }
        return new SourceTerm.PerRow(read(((ExpressionStatement) first).getExpression()), at);
    }

    private SourceTerm read(Expression expression) {
        return nesting.read(expression);
    }

    private SourceTerm copy(Expression expression) {
        Class<?> type = expression.getClass();
        if (type == ConstantExpression.class) {
            return ((ConstantExpression) expression).getValue() == null
                    ? new SourceTerm.Nothing(at(expression))
                    : constants.read(expression);
        } else if (type == VariableExpression.class) {
            return name((VariableExpression) expression);
        } else if (type == GStringExpression.class) {
            return constants.read(expression);
        } else if (type == PropertyExpression.class) {
            return field((PropertyExpression) expression);
        } else if (type == MethodCallExpression.class) {
            return function((MethodCallExpression) expression);
        } else if (type == ListExpression.class) {
            List<Expression> items = ((ListExpression) expression).getExpressions();
            return new SourceTerm.Items(items.stream().map(this::read).toList(), at(expression));
        } else if (type == UnaryMinusExpression.class) {
            var minus = (UnaryMinusExpression) expression;
            return new SourceTerm.Unary("-", read(minus.getExpression()), at(minus));
        } else if (type == NotExpression.class) {
            return new SourceTerm.Unary("!", read(((NotExpression) expression).getExpression()), at(expression));
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
                    at(ternary));
        }
        if (type == CastExpression.class && !((CastExpression) expression).isCoerce()) {
            return refuse(
                    ProblemId.NOT_ALLOWED,
                    at(expression),
                    "a single name in parentheses is a cast, which is not allowed",
                    "Write the name without parentheses.");
        }
        return notAllowed(expression, ParseRefusals.of(expression, positions) + " not allowed");
    }

    private SourceTerm name(VariableExpression variable) {
        if (variable.getName().equals("it")) {
            return refuse(
                    ProblemId.NOT_ALLOWED,
                    at(variable),
                    "`it` is not allowed in a pipeline file",
                    "The row is called `row`.");
        }
        return constants.read(variable);
    }

    private SourceTerm field(PropertyExpression property) {
        Expression object = property.getObjectExpression();
        boolean plain = property.getProperty().getClass() == ConstantExpression.class
                && ((ConstantExpression) property.getProperty()).getValue() instanceof String
                && !property.isSafe()
                && !property.isSpreadSafe();
        if (!plain) {
            return notAllowed(property, Quote.code(positions.excerpt(property)) + " is not allowed");
        }
        if (object.getClass() == ConstantExpression.class) {
            return constants.read(property);
        }
        return new SourceTerm.Field(
                read(object), property.getPropertyAsString(), positions.of(property.getProperty()), at(property));
    }

    private SourceTerm function(MethodCallExpression call) {
        Expression arguments = call.getArguments();
        boolean plain = call.getMethod().getClass() == ConstantExpression.class
                && ((ConstantExpression) call.getMethod()).getValue() instanceof String
                && !call.isSafe()
                && !call.isSpreadSafe()
                && call.getGenericsTypes() == null
                && arguments.getClass() == ArgumentListExpression.class;
        if (call.isImplicitThis() || !plain) {
            String name = String.valueOf(call.getMethodAsString());
            SourceLocation at = positions.from(call, call.getMethod());
            return refuse(
                    ProblemId.NOT_ALLOWED,
                    at,
                    Quote.code(call.isImplicitThis() ? name : positions.excerpt(call))
                            + " is not allowed in an expression over a row",
                    "A function follows its value, such as `row.answer.length()`.");
        }
        return new SourceTerm.Invoke(
                read(call.getObjectExpression()),
                call.getMethodAsString(),
                positions.of(call.getMethod()),
                ((ArgumentListExpression) arguments)
                        .getExpressions().stream().map(this::read).toList(),
                at(call));
    }

    private SourceTerm binary(BinaryExpression binary) {
        String operator = binary.getOperation().getText();
        if (operator.equals("[")) {
            return new SourceTerm.Index(
                    read(binary.getLeftExpression()), read(binary.getRightExpression()), at(binary));
        }
        if (!OPERATORS.contains(operator)) {
            return notAllowed(binary, ParseRefusals.operator(operator) + " not allowed");
        }
        return new SourceTerm.Binary(
                operator, read(binary.getLeftExpression()), read(binary.getRightExpression()), at(binary));
    }

    private SourceLocation at(Expression expression) {
        return positions.from(expression, expression);
    }

    private SourceTerm notAllowed(Expression expression, String message) {
        return refuse(
                ProblemId.NOT_ALLOWED,
                at(expression),
                message + " in an expression over a row",
                ParseRefusals.insteadOverRow(expression, positions));
    }

    private SourceTerm refuse(ProblemId id, SourceLocation at, String message, String hint) {
        problems.add(id, at, message, hint);
        return new SourceTerm.Refused(at);
    }
}
