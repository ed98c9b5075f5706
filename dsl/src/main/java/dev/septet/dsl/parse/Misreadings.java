package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import java.util.Optional;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;

/** Reports lines that Groovy parses differently from what their author meant, with the correct form. */
final class Misreadings {
    private Misreadings() {}

    /** Reports why an expression is not a statement of the language. */
    static void report(Expression expression, Problems problems, Positions positions) {
        if (expression.getClass() == BinaryExpression.class) {
            binary((BinaryExpression) expression, problems, positions);
        } else if (expression.getClass() == PropertyExpression.class
                && isCall(((PropertyExpression) expression).getObjectExpression())
                && !positions.follows(((PropertyExpression) expression).getProperty(), '.')) {
            var property = (PropertyExpression) expression;
            leftOver(property.getProperty(), property.getObjectExpression(), problems, positions);
        } else if (expression.getClass() == MethodCallExpression.class) {
            call((MethodCallExpression) expression, problems, positions);
        } else {
            problems.add(
                    ProblemId.NOT_ALLOWED,
                    positions.from(expression, expression),
                    ParseRefusals.of(expression, positions) + " not allowed as a statement",
                    "A statement is `word value, option: value { block }`.");
        }
    }

    private static void binary(BinaryExpression binary, Problems problems, Positions positions) {
        String operator = binary.getOperation().getText();
        String left = positions.excerpt(binary.getLeftExpression());
        Expression value = binary.getRightExpression();
        String right = positions.excerpt(value);
        boolean word = binary.getLeftExpression().getClass() == VariableExpression.class;
        if (operator.equals("=") && word) {
            problems.add(
                    ProblemId.SYNTAX,
                    positions.of(binary),
                    "a word takes its value without `=`",
                    "Write %s, or %s for a constant."
                            .formatted(Quote.code(left + " " + right), Quote.code("def " + left + " = " + right)));
        } else if (operator.equals("-") && word) {
            problems.add(
                    ProblemId.SYNTAX,
                    positions.of(binary),
                    "%s reads as a subtraction".formatted(Quote.code(left + " -" + right)),
                    "Write %s.".formatted(Quote.code(left + "(-" + right + ")")));
        } else if (operator.equals("[") && word && value.getClass() == ListExpression.class) {
            String items = right.replaceAll("^\\[|]$", "");
            problems.add(
                    ProblemId.SYNTAX,
                    positions.of(value),
                    "several values of a word are written without brackets",
                    "Write %s.".formatted(Quote.code(left + " " + items)));
        } else {
            problems.add(
                    ProblemId.NOT_ALLOWED,
                    positions.of(binary),
                    ParseRefusals.operator(operator) + " not allowed as a statement",
                    "A statement is `word value, option: value { block }`.");
        }
    }

    private static void call(MethodCallExpression call, Problems problems, Positions positions) {
        Expression object = call.getObjectExpression();
        boolean dotted = positions.follows(call.getMethod(), '.');
        if (isCall(object) && !dotted && !call.isImplicitThis()) {
            leftOver(call.getMethod(), object, problems, positions);
            return;
        }
        if (object.getClass() == ConstantExpression.class && endsInBraces(call)) {
            problems.add(
                    ProblemId.SYNTAX,
                    positions.of(object),
                    "the braces after this value are parsed as a part of it",
                    "Put what is before the braces into parentheses:" + " `word('x', option: 1) { ... }`.");
            return;
        }
        String code = positions.excerpt(object, call.getMethod());
        problems.add(
                ProblemId.NOT_ALLOWED,
                positions.from(call.isImplicitThis() ? call : object, call.getMethod()),
                (code.isEmpty() ? "this call is" : Quote.code(code) + " is") + " not allowed in a pipeline file");
    }

    /** Reports {@code timeout 6 hours}: the unit has no dot, or a value has no comma. */
    private static void leftOver(Expression rest, Expression before, Problems problems, Positions positions) {
        String code = positions.excerpt(rest);
        Optional<String> nested = nested(before, code, positions);
        if (nested.isPresent()) {
            problems.add(
                    ProblemId.SYNTAX,
                    positions.of(rest),
                    "this value needs parentheses: it belongs to the word before it",
                    "Write %s.".formatted(Quote.code(nested.get())));
            return;
        }
        String text = positions.excerpt(before);
        boolean number = text.matches(".*[0-9]");
        String unit = text.replaceAll(".*[^0-9.](?=[0-9.]*$)", "") + "." + code;
        problems.add(
                ProblemId.SYNTAX,
                positions.of(rest),
                "%s is left over after %s".formatted(Quote.code(code), Quote.code(text)),
                number && code.matches("[a-zA-Z]+")
                        ? "A unit follows its number with a dot: %s.".formatted(Quote.code(unit))
                        : "Values are separated by commas, statements by line ends or `;`.");
    }

    /** Detects {@code target directory 'out'}: the word's value has a value of its own. */
    private static Optional<String> nested(Expression before, String code, Positions positions) {
        if (!code.matches("'.*'|\".*\"")
                || !(before instanceof MethodCallExpression call)
                || !call.isImplicitThis()
                || !(call.getArguments() instanceof TupleExpression arguments)
                || arguments.getExpressions().size() != 1
                || !(arguments.getExpression(0) instanceof VariableExpression value)) {
            return Optional.empty();
        }
        return Optional.of("%s %s(%s)".formatted(positions.excerpt(call.getMethod()), value.getName(), code));
    }

    private static boolean endsInBraces(MethodCallExpression call) {
        return call.getArguments() instanceof TupleExpression arguments
                && arguments.getExpressions().stream().anyMatch(a -> a.getClass() == ClosureExpression.class);
    }

    private static boolean isCall(Expression expression) {
        return expression.getClass() == MethodCallExpression.class;
    }
}
